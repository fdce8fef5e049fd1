/*
 * A WebSocket that comes back. https://www.apache.org/licenses/LICENSE-2.0
 *
 * Served by the Spring Boot starter "websocket-keepalive-starter", and published to npm from this folder. The
 * connections that tabs share are held by websocket-keepalive-worker.js. Streams are in websocket-streams.js.
 */

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** Deadlines are looked at this often, in ms. Browsers throttle it in tabs in the background, to a minute at worst. */
const TICK = 1000;

/** A tick that is as late as this, in ms, tells that the computer slept or the page was frozen. */
const GAP = 5000;

const LONGEST_RECONNECT_AFTER = 3_600_000;

/** Gateways say it for ends that pass too: it is final only when it comes this often in a row. */
const PROTOCOL_ERROR = 1002;
const PROTOCOL_ERRORS = 20;

const PING_TIMEOUT = 'keepalive ping timeout';

const WORKER_GONE = 'shared worker gone';

const ABNORMAL = { code: 1006, wasClean: false };

const DEFAULTS = {
	protocols: [],
	backoff: { min: 500, max: 30_000, floor: 100, resetAfter: 30_000 },
	ping: null,
	queue: { messages: 1000, bytes: 1_048_576, overflow: 'fail' },
	handshakeTimeout: 10_000,
	closeTimeout: 5000,
	maxAttempts: Infinity,
	retry: null,
	shared: false,
	workerUrl: null,
	random: Math.random
};

const PING_DEFAULTS = { message: null, reply: null, interval: 20_000, timeout: 20_000 };

// Node.js has none before version 23.
const CloseEvent = globalThis.CloseEvent ?? class CloseEvent extends Event {
	constructor(type, { code, reason, wasClean }) {
		super(type);
		Object.assign(this, { code, reason, wasClean });
	}
};

/**
 * How long to wait before an attempt, in ms: full jitter, drawn after the cap, above a floor that is half of the cap at
 * most. `attempt` counts from 0.
 */
export function backoffDelay({ min, max, floor }, attempt, random = Math.random) {
	const ceiling = Math.min(max, min * 2 ** attempt);
	const least = Math.min(floor, ceiling / 2);
	return least + random() * (ceiling - least);
}

/** Whether a close code of the server says, the first time, that it is done, or that coming back is useless. */
export function isFinal(code) {
	return [1000, 1003, 1007, 1008, 1009, 1010].includes(code)
		|| (code >= 3500 && code <= 3999)
		|| (code >= 4500 && code <= 4999);
}

/** The ms after which the server asks to come back in a close reason, or undefined. */
export function reconnectAfter(reason) {
	const match = /(?:^|[^\w-])reconnect-after=(\d{1,18})(?!\w|\.\d)/.exec(reason);
	return match ? Math.min(Number(match[1]), LONGEST_RECONNECT_AFTER) : undefined;
}

/** Lets a bounded number of handshakes run at a time, in the order in which they were asked for. */
class Gate {
	limit = 4;
	#running = 0;
	#waiting = new Set();

	/** Calls `start` now or later. Returns what ends the handshake, or withdraws it. */
	enter(start) {
		const ticket = { start, started: false, left: false };
		this.#waiting.add(ticket);
		this.#admit();
		return () => {
			if (!ticket.left) {
				ticket.left = true;
				this.#waiting.delete(ticket);
				this.#running -= ticket.started ? 1 : 0;
				this.#admit();
			}
		};
	}

	#admit() {
		for (const ticket of this.#waiting) {
			if (this.#running >= this.limit) {
				return;
			}
			this.#waiting.delete(ticket);
			ticket.started = true;
			this.#running++;
			queueMicrotask(() => ticket.left || ticket.start());
		}
	}
}

/** One timer for all sockets of a page, and what the page hears of when it may have slept. */
class Surroundings {
	#sockets = new Set();
	#timer;
	#last;
	#tick = () => {
		const now = Date.now();
		const elapsed = Math.max(0, now - this.#last);
		this.#last = now;
		this.#sockets.forEach((socket) => socket.tick(elapsed));
	};
	#wake = () => {
		if (globalThis.document?.visibilityState !== 'hidden') {
			this.#sockets.forEach((socket) => socket.wake());
		}
	};

	add(socket) {
		this.#sockets.add(socket);
		if (this.#sockets.size === 1) {
			this.#last = Date.now();
			this.#timer = setInterval(this.#tick, TICK);
			this.#events('addEventListener');
		}
	}

	remove(socket) {
		if (this.#sockets.delete(socket) && this.#sockets.size === 0) {
			clearInterval(this.#timer);
			this.#events('removeEventListener');
		}
	}

	#events(method) {
		globalThis[method]?.('online', this.#wake);
		globalThis[method]?.('pageshow', this.#wake);
		globalThis.document?.[method]('visibilitychange', this.#wake);
		globalThis.document?.[method]('resume', this.#wake);
	}
}

const handshakes = new Gate();
const surroundings = new Surroundings();

/**
 * A time limit that a sleeping or throttled page does not use up: what elapses from one tick to the next counts for
 * half of it at most, so that what has arrived meanwhile is heard before a verdict.
 */
class Deadline {
	#left;
	#most;

	constructor(limit) {
		this.#left = limit;
		this.#most = Math.max(1.5 * TICK, limit / 2);
	}

	/** Whether the limit is reached. */
	elapse(elapsed) {
		this.#left -= Math.min(elapsed, this.#most);
		return this.#left <= 0;
	}
}

/** Decides when to ping and when to give up. Everything that arrives is a sign of life. */
class Liveness {
	#interval;
	#timeout;
	#silence;
	#deadline = null;

	constructor({ interval, timeout }, random) {
		this.#interval = interval;
		this.#timeout = timeout;
		// After a mass reconnect nobody pings in step with the others.
		this.#silence = random() * interval / 2;
	}

	heard() {
		this.#silence = 0;
		this.#deadline = null;
	}

	/** Whether a ping is to be sent at once: one is, unless one is on its way. */
	check() {
		if (this.#deadline) {
			return false;
		}
		this.#deadline = new Deadline(this.#timeout);
		return true;
	}

	/** 'ping', 'dead' or 'wait'. */
	tick(elapsed) {
		if (this.#deadline) {
			return this.#deadline.elapse(elapsed) ? 'dead' : 'wait';
		}
		this.#silence += elapsed;
		return this.#silence >= this.#interval && this.check() ? 'ping' : 'wait';
	}
}

/** What is sent while there is no connection. */
class Queue {
	bytes = 0;
	#limits;
	#dropped;
	#entries = [];

	constructor(limits, dropped) {
		this.#limits = limits;
		this.#dropped = dropped;
	}

	/** Returns a promise for the message being handed over, if the policy is to wait for that. */
	push(data) {
		const entry = { data: copy(data), size: sizeOf(data) };
		while (this.#isFullFor(entry)) {
			if (this.#limits.overflow !== 'drop-oldest' || this.#entries.length === 0) {
				const full = new DOMException('The queue of messages to send is full', 'QuotaExceededError');
				if (this.#limits.overflow === 'wait') {
					return Promise.reject(full);
				}
				throw full;
			}
			this.#dropped(this.#shift().data, 'overflow');
		}
		this.#entries.push(entry);
		this.bytes += entry.size;
		if (this.#limits.overflow === 'wait') {
			return new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
		}
	}

	/** Hands messages over, oldest first, for as long as there is a connection. */
	flush(link) {
		while (this.#entries.length > 0 && link.isOpen) {
			const entry = this.#shift();
			link.send(entry.data);
			entry.resolve?.();
		}
	}

	drop() {
		while (this.#entries.length > 0) {
			const entry = this.#shift();
			this.#dropped(entry.data, 'closed');
			entry.reject?.(new DOMException('The WebSocket is closed', 'NetworkError'));
		}
	}

	#isFullFor({ size }) {
		return this.#entries.length >= this.#limits.messages || this.bytes + size > this.#limits.bytes;
	}

	#shift() {
		const entry = this.#entries.shift();
		this.bytes -= entry.size;
		return entry;
	}
}

/** A connection of our own, and those that come after it. Tells its owner: opened, message, lost, ended. */
class Connection {
	#url;
	#options;
	#owner;
	#socket = null;
	#state = CONNECTING;
	#leave = () => {};
	#attempt = null;
	#deadline = null;
	#stable = null;
	#liveness = null;
	#timer;
	#paced = false;
	#failures = 0;
	#protocolErrors = 0;
	#dialledAt = 0;
	#closing = null;

	constructor(url, options, owner) {
		this.#url = url;
		this.#options = options;
		this.#owner = owner;
		surroundings.add(this);
		// Not before the page has had a chance to add its listeners.
		queueMicrotask(() => this.#dial());
	}

	get isOpen() {
		return this.#state === OPEN && this.#socket.readyState === OPEN;
	}

	get bufferedAmount() {
		return this.#socket?.bufferedAmount ?? 0;
	}

	set binaryType(type) {
		if (this.#socket) {
			this.#socket.binaryType = type;
		}
	}

	send(data) {
		this.#socket.send(data);
	}

	close(code, reason) {
		this.#closing = { code, reason };
		if (this.#state === OPEN) {
			this.#disconnect();
		} else if (!this.#socket) {
			this.#stopDialling();
			queueMicrotask(() => this.#end({ code: code ?? 1000, reason: reason ?? '', wasClean: true }));
		}
		// A handshake that is under way is let finish: to cut it would make the browser complain.
	}

	/** Called when the page may have slept, or may have a network again. */
	wake() {
		if (this.#state === OPEN) {
			if (this.#liveness?.check()) {
				this.#ping();
			}
		} else if (this.#timer && !this.#paced) {
			const sinceDialled = Math.max(0, Date.now() - this.#dialledAt);
			this.#dialAfter(Math.max(0, this.#options.backoff.min - sinceDialled));
		}
	}

	tick(elapsed) {
		if (this.#deadline?.elapse(elapsed)) {
			this.#giveUp(this.#state === CONNECTING ? 'handshake timeout' : 'close timeout');
			return;
		}
		if (this.#stable?.elapse(elapsed)) {
			this.#stable = null;
			this.#failures = this.#protocolErrors = 0;
		}
		if (elapsed >= GAP) {
			this.wake();
		}
		if (this.#state === OPEN && this.#liveness) {
			const decision = this.#liveness.tick(elapsed);
			if (decision === 'ping') {
				this.#ping();
			} else if (decision === 'dead') {
				this.#giveUp(PING_TIMEOUT);
			}
		}
	}

	#dial() {
		this.#timer = undefined;
		if (this.#closing) {
			return;
		}
		const attempt = {};
		this.#attempt = attempt;
		this.#leave = handshakes.enter(async () => {
			this.#dialledAt = Date.now();
			this.#deadline = new Deadline(this.#options.handshakeTimeout);
			if (typeof this.#url === 'string') {
				this.#connect(this.#url);
				return;
			}
			try {
				const url = webSocketUrl(await this.#url());
				if (this.#attempt === attempt) {
					this.#connect(url);
				}
			} catch (error) {
				if (this.#attempt === attempt) {
					this.#over({ ...ABNORMAL, reason: `no URL: ${error?.message ?? error}` });
				}
			}
		});
	}

	#connect(url) {
		let socket;
		try {
			socket = new WebSocket(url, this.#options.protocols);
		} catch (error) {
			// Refused by the browser itself, for its URL for example: the next attempt would be as well.
			this.#stopDialling();
			this.#end({ ...ABNORMAL, reason: error.message });
			return;
		}
		this.#socket = socket;
		socket.binaryType = this.#owner.binaryType;
		socket.onopen = () => this.#opened(url);
		socket.onmessage = (event) => {
			this.#liveness?.heard();
			if (!this.#options.ping || event.data !== this.#options.ping.reply) {
				this.#owner.message(event);
			}
		};
		socket.onclose = (event) => {
			const { code, reason, wasClean } = event;
			this.#over({ code, reason, wasClean });
		};
	}

	#opened(url) {
		const { backoff, ping, random } = this.#options;
		this.#stopDialling();
		this.#state = OPEN;
		this.#paced = false;
		if (this.#closing) {
			this.#disconnect();
			return;
		}
		this.#stable = new Deadline(backoff.resetAfter);
		this.#liveness = ping && new Liveness(ping, random);
		const { protocol, extensions } = this.#socket;
		this.#owner.opened({ url, protocol, extensions });
	}

	#disconnect() {
		const { code, reason } = this.#closing;
		this.#state = CLOSING;
		this.#deadline = new Deadline(this.#options.closeTimeout);
		this.#socket.close(...(code === undefined ? [] : [code, reason ?? '']));
	}

	#ping() {
		if (this.isOpen) {
			this.#socket.send(this.#options.ping.message);
		}
	}

	// The browser may take minutes to close a dead connection: that is not waited for.
	#giveUp(reason) {
		const unsentBytes = this.bufferedAmount;
		const socket = this.#socket;
		if (socket) {
			socket.onopen = socket.onmessage = socket.onclose = null;
			socket.close(3008, reason);
		}
		this.#over({ ...ABNORMAL, reason }, unsentBytes);
	}

	#over(close, unsentBytes = this.bufferedAmount) {
		this.#stopDialling();
		this.#state = CONNECTING;
		this.#socket = this.#stable = this.#liveness = null;
		this.#protocolErrors = close.code === PROTOCOL_ERROR ? this.#protocolErrors + 1 : 0;
		if (this.#closing || !this.#comesBack(close)) {
			this.#end(close);
			return;
		}
		const failures = this.#failures++;
		const { backoff, random } = this.#options;
		const asked = reconnectAfter(close.reason);
		// What the server asks for is obeyed, but a short time only once in a row: no server makes a hot loop.
		this.#paced = asked >= backoff.min || (asked !== undefined && failures === 0);
		const delay = this.#paced
			? Math.max(asked, backoffDelay(backoff, 0, () => 0))
			: backoffDelay(backoff, failures, random);
		this.#dialAfter(delay);
		this.#owner.lost({ ...close, delay, unsentBytes });
	}

	#comesBack(close) {
		const isLast = isFinal(close.code) || this.#protocolErrors >= PROTOCOL_ERRORS;
		return this.#failures < this.#options.maxAttempts && (this.#options.retry?.(close) ?? !isLast);
	}

	#dialAfter(delay) {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#dial(), delay);
	}

	#stopDialling() {
		clearTimeout(this.#timer);
		this.#leave();
		this.#timer = undefined;
		this.#attempt = this.#deadline = null;
	}

	#end(close) {
		this.#state = CLOSED;
		surroundings.remove(this);
		this.#owner.ended(close);
	}
}

/** Our end of a connection that a SharedWorker holds for all tabs. */
class SharedLink {
	isOpen = false;
	bufferedAmount = 0;
	#url;
	#owner;
	#port;
	#gone;
	#liveness;
	#answered = false;
	#ended = new AbortController();
	#leave = (event) => event.persisted || this.#post({ type: 'leave' });

	/** `gone` is called once if the worker does not answer (any more), with whether it ever did. */
	constructor(url, options, owner, gone) {
		this.#url = url;
		this.#owner = owner;
		this.#gone = gone;
		const worker = startWorker(options.workerUrl);
		worker.onerror = () => this.#answered || this.#lost();
		this.#port = worker.port;
		this.#port.onmessage = ({ data }) => this.#received(data);
		const { retry, random, shared, workerUrl, ...settings } = options;
		const key = JSON.stringify([shared === true ? url : shared, options.protocols]);
		this.#join({ type: 'join', key, url: typeof url === 'string' ? url : null, settings });
		this.#liveness = new Liveness({ interval: PING_DEFAULTS.interval, timeout: options.handshakeTimeout }, () => 0);
		this.#liveness.check();
		surroundings.add(this);
		globalThis.addEventListener?.('pagehide', this.#leave);
	}

	set binaryType(type) {
		// Converted on this side.
	}

	send(data) {
		this.#post({ type: 'send', data });
	}

	/** Leaves the connection to the other tabs. */
	close(code, reason) {
		this.#end();
		queueMicrotask(() => this.#owner.ended({ code: code ?? 1000, reason: reason ?? '', wasClean: true }));
	}

	wake() {
		this.#post({ type: 'wake' });
		if (this.#liveness.check()) {
			this.#post({ type: 'ping' });
		}
	}

	tick(elapsed) {
		const decision = this.#liveness.tick(elapsed);
		if (decision === 'ping') {
			this.#post({ type: 'ping' });
		} else if (decision === 'dead') {
			this.#lost();
		}
	}

	// The worker gets the lock when this page is gone, however it went.
	#join(message) {
		const lock = `websocket-keepalive-${Date.now()}-${Math.random()}`;
		const { signal } = this.#ended;
		const joined = lockManager()?.request(lock, { signal }, () => {
			this.#post({ ...message, lock });
			return new Promise((release) => signal.addEventListener('abort', release));
		});
		if (joined) {
			joined.catch(() => {});
		} else {
			this.#post(message);
		}
	}

	// This page gets the lock when the worker is gone.
	#watch(lock) {
		const { signal } = this.#ended;
		lockManager()?.request(lock, { mode: 'shared', signal }, () => this.#lost()).catch(() => {});
	}

	async #received(message) {
		if (this.#ended.signal.aborted) {
			return;
		}
		this.#answered = true;
		this.#liveness.heard();
		switch (message.type) {
			case 'joined':
				this.#watch(message.lock);
				break;
			case 'opened':
				this.isOpen = true;
				this.#owner.opened(message.opened);
				break;
			case 'message':
				this.#owner.message({ data: this.#binary(message.data), origin: message.origin });
				break;
			case 'lost':
				this.isOpen = false;
				this.#owner.lost(message.lost);
				break;
			case 'dropped':
				this.#owner.dropped(message.data, message.reason);
				break;
			case 'ended':
				this.#end();
				this.#owner.ended(message.ended);
				break;
			case 'url':
				try {
					this.#post({ type: 'url', id: message.id, url: webSocketUrl(await this.#url()) });
				} catch (error) {
					this.#post({ type: 'url', id: message.id, error: String(error?.message ?? error) });
				}
				break;
		}
	}

	#binary(data) {
		return data instanceof ArrayBuffer && this.#owner.binaryType === 'blob' ? new Blob([data]) : data;
	}

	#post(message) {
		this.#port.postMessage(message);
	}

	#lost() {
		if (!this.#ended.signal.aborted) {
			this.#end();
			this.#gone(this.#answered);
		}
	}

	#end() {
		this.isOpen = false;
		// A worker that only hung must not count this page any more.
		this.#post({ type: 'leave' });
		this.#ended.abort();
		surroundings.remove(this);
		globalThis.removeEventListener?.('pagehide', this.#leave);
	}
}

/**
 * Takes the place of `WebSocket`. `open` fires for every connection, `close` once, when the socket does not come back.
 * What happens in between is told by `reconnecting` and `reconnected`, and what could not be sent by `dropped`.
 */
export class KeepaliveWebSocket extends EventTarget {
	static CONNECTING = CONNECTING;
	static OPEN = OPEN;
	static CLOSING = CLOSING;
	static CLOSED = CLOSED;

	/** How many handshakes of this page may be under way at a time. */
	static get maxHandshakes() {
		return handshakes.limit;
	}

	static set maxHandshakes(limit) {
		if (!(limit >= 1)) {
			throw new RangeError('maxHandshakes must be at least 1');
		}
		handshakes.limit = limit;
	}

	#options;
	#link;
	#queue;
	#state = CONNECTING;
	#binaryType = 'blob';
	#info;
	#handlers = new Map();
	#lostAt = 0;
	#attempts = 0;
	#workersGone = 0;

	constructor(url, protocolsOrOptions = [], options = {}) {
		super();
		const bare = typeof protocolsOrOptions === 'string' || Array.isArray(protocolsOrOptions);
		const given = bare ? { ...options, protocols: protocolsOrOptions } : protocolsOrOptions;
		this.#options = complete(given);
		if (typeof url === 'function' && this.#options.shared === true) {
			throw new TypeError('A shared connection whose URL is a function needs a name, such as shared: "prices"');
		}
		const target = typeof url === 'function' ? url : webSocketUrl(url);
		this.#info = { url: typeof url === 'function' ? '' : target, protocol: '', extensions: '' };
		this.#queue = new Queue(this.#options.queue, (data, reason) => this.#owner.dropped(data, reason));
		this.#link = this.#createLink(target);
	}

	get CONNECTING() { return CONNECTING; }
	get OPEN() { return OPEN; }
	get CLOSING() { return CLOSING; }
	get CLOSED() { return CLOSED; }

	get url() { return this.#info.url; }
	get protocol() { return this.#info.protocol; }
	get extensions() { return this.#info.extensions; }

	/** CONNECTING also while the socket is between two connections. */
	get readyState() {
		return this.#state === OPEN && !this.#link.isOpen ? CONNECTING : this.#state;
	}

	get bufferedAmount() {
		return this.#queue.bytes + this.#link.bufferedAmount;
	}

	get binaryType() { return this.#binaryType; }
	set binaryType(type) {
		if (type === 'blob' || type === 'arraybuffer') {
			this.#binaryType = type;
			this.#link.binaryType = type;
		}
	}

	/**
	 * Sends, or queues while there is no connection. With the policy 'wait' it returns a promise that is fulfilled once
	 * the message was handed to a connection.
	 */
	send(data) {
		if (this.#state === CLOSING || this.#state === CLOSED) {
			this.#owner.dropped(data, 'closed');
			return this.#options.queue.overflow === 'wait'
				? Promise.reject(new DOMException('The WebSocket is closed', 'NetworkError'))
				: undefined;
		}
		if (!this.#link.isOpen) {
			return this.#queue.push(data);
		}
		this.#link.send(data);
		return this.#options.queue.overflow === 'wait' ? Promise.resolve() : undefined;
	}

	/** Closes for good. */
	close(code, reason) {
		if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
			throw new DOMException('The close code must be 1000 or from 3000 to 4999', 'InvalidAccessError');
		}
		if (reason !== undefined && sizeOf(String(reason)) > 123) {
			throw new DOMException('The close reason must not be longer than 123 bytes', 'SyntaxError');
		}
		if (this.#state !== CLOSING && this.#state !== CLOSED) {
			this.#state = CLOSING;
			this.#link.close(code, reason === undefined ? undefined : String(reason));
		}
	}

	#createLink(url) {
		if (this.#options.shared && typeof SharedWorker !== 'undefined') {
			try {
				return new SharedLink(url, this.#options, this.#owner,
					(answered) => answered ? this.#workerGone(url) : this.#connectAlone(url));
			} catch {
				// Not permitted here, by a content security policy for example.
			}
		}
		return new Connection(url, this.#options, this.#owner);
	}

	#connectAlone(url) {
		this.#link = new Connection(url, this.#options, this.#owner);
	}

	#workerGone(url) {
		const { backoff, random } = this.#options;
		const delay = backoffDelay(backoff, this.#workersGone++, random);
		setTimeout(() => {
			if (this.#state === CONNECTING) {
				this.#link = this.#createLink(url);
			}
		}, delay);
		this.#owner.lost({ ...ABNORMAL, reason: WORKER_GONE, delay, unsentBytes: 0 });
	}

	#owner = ((self) => ({
		get binaryType() {
			return self.#binaryType;
		},
		opened(info) {
			if (self.#state !== CONNECTING) {
				return;
			}
			self.#state = OPEN;
			self.#info = info;
			self.dispatchEvent(new Event('open'));
			if (self.#attempts > 0) {
				const detail = { attempts: self.#attempts, away: Math.max(0, Date.now() - self.#lostAt) };
				self.#attempts = 0;
				self.dispatchEvent(new CustomEvent('reconnected', { detail }));
			}
			self.#queue.flush(self.#link);
		},
		message({ data, origin }) {
			self.dispatchEvent(new MessageEvent('message', { data, origin }));
		},
		lost(detail) {
			if (self.#attempts++ === 0) {
				self.#lostAt = Date.now();
			}
			self.#state = CONNECTING;
			self.dispatchEvent(new CustomEvent('reconnecting', { detail: { ...detail, attempt: self.#attempts } }));
		},
		dropped(data, reason) {
			self.dispatchEvent(new CustomEvent('dropped', { detail: { data, reason } }));
		},
		ended(close) {
			self.#state = CLOSED;
			self.#queue.drop();
			if (!close.wasClean) {
				self.dispatchEvent(new Event('error'));
			}
			self.dispatchEvent(new CloseEvent('close', close));
		}
	}))(this);

	static {
		for (const type of ['open', 'message', 'close', 'error', 'reconnecting', 'reconnected', 'dropped']) {
			Object.defineProperty(this.prototype, `on${type}`, {
				configurable: true,
				enumerable: true,
				get() {
					return this.#handlers.get(type)?.handler ?? null;
				},
				set(handler) {
					this.#handle(type, typeof handler === 'function' ? handler : null);
				}
			});
		}
	}

	// A handler keeps its place among the listeners when it is replaced, as it does in browsers.
	#handle(type, handler) {
		const present = this.#handlers.get(type);
		if (present && handler) {
			present.handler = handler;
		} else if (present) {
			this.removeEventListener(type, present.listener);
			this.#handlers.delete(type);
		} else if (handler) {
			const added = { handler, listener: (event) => added.handler.call(this, event) };
			this.#handlers.set(type, added);
			this.addEventListener(type, added.listener);
		}
	}
}

export default KeepaliveWebSocket;

function complete(given) {
	const options = withDefaults(DEFAULTS, given);
	options.protocols = [options.protocols].flat();
	options.backoff = withDefaults(DEFAULTS.backoff, options.backoff ?? {}, 'backoff.');
	options.queue = withDefaults(DEFAULTS.queue, options.queue ?? {}, 'queue.');
	options.ping = options.ping && withDefaults(PING_DEFAULTS, options.ping, 'ping.');
	check(options);
	return options;
}

/** What is undefined counts as left out. Exported for websocket-streams.js alone. */
export function withDefaults(defaults, given, prefix = '') {
	const present = Object.entries(given).filter(([, value]) => value !== undefined);
	const unknown = Object.keys(given).filter((name) => !(name in defaults));
	if (unknown.length > 0) {
		throw new TypeError(`Unknown options: ${unknown.map((name) => prefix + name).join(', ')}`);
	}
	return { ...defaults, ...Object.fromEntries(present) };
}

function check({ protocols, backoff, queue, ping, handshakeTimeout, closeTimeout, maxAttempts, retry, shared }) {
	const token = /^[!#$%&'*+\-.^_`|~\w]+$/;
	if (new Set(protocols).size < protocols.length || !protocols.every((protocol) => token.test(protocol))) {
		throw new DOMException(`Not valid subprotocols: ${protocols}`, 'SyntaxError');
	}
	const numbers = { 'backoff.min': backoff.min, 'backoff.max': backoff.max, 'queue.messages': queue.messages,
		'queue.bytes': queue.bytes, handshakeTimeout, closeTimeout, maxAttempts,
		...(ping && { 'ping.interval': ping.interval, 'ping.timeout': ping.timeout }) };
	for (const [name, value] of Object.entries(numbers)) {
		if (!(value > 0)) {
			throw new RangeError(`${name} must be above zero, not ${value}`);
		}
	}
	if (!(backoff.floor >= 0) || !(backoff.resetAfter >= 0)) {
		throw new RangeError('backoff.floor and backoff.resetAfter must not be negative');
	}
	if (!['fail', 'drop-oldest', 'wait'].includes(queue.overflow)) {
		throw new TypeError(`queue.overflow must be 'fail', 'drop-oldest' or 'wait', not '${queue.overflow}'`);
	}
	if (ping && !(typeof ping.message === 'string' && typeof ping.reply === 'string')) {
		throw new TypeError('ping needs a message and a reply');
	}
	if (shared && retry) {
		throw new TypeError('retry is a function, which cannot be handed to the worker of a shared connection');
	}
}

function webSocketUrl(text) {
	const url = new URL(text, globalThis.location?.href);
	url.protocol = url.protocol.replace(/^http/, 'ws');
	if (!['ws:', 'wss:'].includes(url.protocol) || url.hash) {
		throw new DOMException(`Not the URL of a WebSocket: ${url}`, 'SyntaxError');
	}
	return url.href;
}

function sizeOf(data) {
	if (data instanceof Blob) {
		return data.size;
	}
	return data.byteLength ?? new TextEncoder().encode(String(data)).length;
}

// The page may go on to use its buffer.
function copy(data) {
	if (ArrayBuffer.isView(data)) {
		return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
	}
	return data instanceof ArrayBuffer ? data.slice(0) : data;
}

// Bundlers know a worker by exactly this expression.
function startWorker(url) {
	return url
		? new SharedWorker(url, { type: 'module', name: 'websocket-keepalive' })
		: new SharedWorker(new URL('./websocket-keepalive-worker.js', import.meta.url),
			{ type: 'module', name: 'websocket-keepalive' });
}

// Only pages that came by HTTPS, or from this computer, have locks.
function lockManager() {
	return globalThis.navigator?.locks;
}
