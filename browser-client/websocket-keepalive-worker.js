/*
 * The script of the SharedWorker that holds the connections of tabs. https://www.apache.org/licenses/LICENSE-2.0
 */

import { KeepaliveWebSocket } from './websocket-keepalive.js';

const { locks } = globalThis.navigator ?? {};

// Tabs get this lock when this worker is gone, however it went.
const lockHeld = new Promise((held) => {
	const lock = `websocket-keepalive-worker-${Date.now()}-${Math.random()}`;
	if (locks) {
		locks.request(lock, () => {
			held(lock);
			return new Promise(() => {});
		});
	} else {
		held(null);
	}
});

/** One connection, and the tabs that share it. */
class Hub {
	static #hubs = new Map();
	#key;
	#socket;
	#tabs = new Set();
	#questions = new Map();
	#asked = 0;

	/** Serves a tab that has just connected to the worker. */
	static serve(port) {
		let hub = null;
		const leave = () => {
			hub?.#left(port);
			hub = null;
		};
		port.onmessage = ({ data: message }) => {
			if (message.type === 'join') {
				hub = Hub.#hubs.get(message.key) ?? new Hub(message);
				hub.#joined(port);
				if (message.lock) {
					locks.request(message.lock, leave);
				}
				lockHeld.then((lock) => port.postMessage({ type: 'joined', lock }));
			} else if (message.type === 'leave') {
				leave();
			} else if (message.type === 'ping') {
				port.postMessage({ type: 'pong' });
			} else if (message.type === 'wake') {
				// What sockets take for a network that is there again.
				globalThis.dispatchEvent(new Event('online'));
			} else {
				hub?.#received(message, port);
			}
		};
	}

	constructor({ key, url, settings }) {
		this.#key = key;
		Hub.#hubs.set(key, this);
		this.#socket = new KeepaliveWebSocket(url ?? (() => this.#askForUrl()), settings);
		this.#socket.binaryType = 'arraybuffer';
		this.#socket.onopen = () => this.#tell({ type: 'opened', opened: this.#opened() });
		this.#socket.onmessage = ({ data, origin }) => this.#tell({ type: 'message', data, origin });
		this.#socket.onreconnecting = ({ detail }) => this.#tell({ type: 'lost', lost: detail });
		this.#socket.ondropped = ({ detail }) => this.#tell({ type: 'dropped', ...detail });
		this.#socket.onclose = ({ code, reason, wasClean }) => {
			this.#forget();
			this.#tell({ type: 'ended', ended: { code, reason, wasClean } });
		};
	}

	#joined(port) {
		this.#tabs.add(port);
		if (this.#socket.readyState === KeepaliveWebSocket.OPEN) {
			port.postMessage({ type: 'opened', opened: this.#opened() });
		}
	}

	#left(port) {
		if (this.#tabs.delete(port) && this.#tabs.size === 0) {
			this.#forget();
			this.#socket.close(1000);
		}
	}

	// While this one closes, the next one may have its key already.
	#forget() {
		if (Hub.#hubs.get(this.#key) === this) {
			Hub.#hubs.delete(this.#key);
		}
	}

	#received(message, port) {
		if (message.type === 'send') {
			try {
				Promise.resolve(this.#socket.send(message.data))
					.catch(() => port.postMessage({ type: 'dropped', data: message.data, reason: 'overflow' }));
			} catch {
				port.postMessage({ type: 'dropped', data: message.data, reason: 'overflow' });
			}
		} else if (message.type === 'url') {
			this.#questions.get(message.id)?.(message);
			this.#questions.delete(message.id);
		}
	}

	// A tab may be frozen and never answer: the next attempt asks another one.
	#askForUrl() {
		const tabs = [...this.#tabs];
		const id = this.#asked++;
		tabs[id % tabs.length].postMessage({ type: 'url', id });
		return new Promise((resolve, reject) => this.#questions.set(id,
			({ url, error }) => url ? resolve(url) : reject(new Error(error))));
	}

	#opened() {
		const { url, protocol, extensions } = this.#socket;
		return { url, protocol, extensions };
	}

	#tell(message) {
		this.#tabs.forEach((port) => port.postMessage(message));
	}
}

globalThis.onconnect = ({ ports: [port] }) => Hub.serve(port);
