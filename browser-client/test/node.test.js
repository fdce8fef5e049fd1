// Without the page of environment.js: what the script needs of Node.js 20 is there.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, describe, it } from 'node:test';

import { KeepaliveWebSocket } from '../websocket-keepalive.js';

const URL = 'ws://example.test/ws';

/** As little of a WebSocket as the script needs. The server opens and closes as the test says. */
class Server {
	static closesWith = [];

	readyState = 0;
	bufferedAmount = 0;

	constructor() {
		setTimeout(() => {
			this.readyState = 1;
			this.onopen();
			const [code, reason] = Server.closesWith.shift() ?? [];
			if (code) {
				this.#closed(code, reason);
			}
		});
	}

	close(code, reason) {
		setTimeout(() => this.#closed(code, reason));
	}

	#closed(code, reason = '') {
		this.readyState = 3;
		this.onclose?.({ code, reason, wasClean: true });
	}
}

afterEach(() => {
	delete globalThis.WebSocket;
});

describe('in Node.js', () => {
	it('a socket opens, comes back and closes', async () => {
		globalThis.WebSocket = Server;
		Server.closesWith = [[1012, 'restart']];
		const socket = new KeepaliveWebSocket(URL, { backoff: { min: 1, max: 1 } });
		const [lost] = await once(socket, 'reconnecting');
		assert.equal(lost.detail.code, 1012);
		await once(socket, 'reconnected');
		socket.close(1000, 'done');
		const [closed] = await once(socket, 'close');
		assert.deepEqual([closed.type, closed.code, closed.reason, closed.wasClean], ['close', 1000, 'done', true]);
	});

	it('a socket that the server closes for good says so', async () => {
		globalThis.WebSocket = Server;
		Server.closesWith = [[4500, 'no more']];
		const [closed] = await once(new KeepaliveWebSocket(URL), 'close');
		assert.deepEqual([closed.code, closed.reason], [4500, 'no more']);
	});

	it('a socket ends, and says why, where there is no WebSocket', async () => {
		const socket = new KeepaliveWebSocket(URL);
		const errors = [];
		socket.onerror = () => errors.push('error');
		const [closed] = await once(socket, 'close');
		assert.deepEqual([closed.code, closed.reason, errors], [1006, 'WebSocket is not defined', ['error']]);
	});

	it('the page hears the CloseEvent of its browser where there is one', async () => {
		const present = globalThis.CloseEvent;
		globalThis.CloseEvent = class CloseEvent extends Event {};
		try {
			const again = await import('../websocket-keepalive.js?browser');
			const [closed] = await once(new again.KeepaliveWebSocket(URL), 'close');
			assert.ok(closed instanceof globalThis.CloseEvent);
		} finally {
			globalThis.CloseEvent = present;
		}
	});
});
