/*
 * Streams of rows over a WebSocket that comes back. https://www.apache.org/licenses/LICENSE-2.0
 *
 * Served by "websocket-keepalive-streams" beside websocket-keepalive.js, and published to npm with it.
 */

import { KeepaliveWebSocket, withDefaults } from './websocket-keepalive.js';

const STREAM_PROTOCOL = 'resumable.v1.json';

const STREAM_PING = { message: '{"type":"ping"}', reply: '{"type":"pong"}' };

const STREAM_DEFAULTS = { request: {}, window: 8, from: null, onGap: null };

/** Why a stream ended before its last row. */
export class StreamError extends Error {
	name = 'StreamError';

	/** `details` are `missing` for a gap, and the `close` of the socket. */
	constructor(code, message, details) {
		super(message);
		this.code = code;
		Object.assign(this, details);
	}
}

/** The rows of a stream, in order and once each, over as many connections as it takes. */
class Stream {
	#open;
	#options;
	#connection;
	#asked = false;
	/** What offsets mean on this connection, since `opened` told. */
	#numbering = null;
	/** The row that is to arrive next, if that is known. */
	#next;
	/** The row that the loop is handed next. */
	#position;
	/** Batches, and places where rows are missing, that the loop has not reached. */
	#arrived = [];
	/** What comes after them: the end, or a failure. */
	#outcome = null;
	#cancelled = false;
	#wake = () => {};
	#rows = this.#iterate();

	/** `join` adds the stream to a connection: it is given what to tell of it, and returns what to do with it. */
	constructor(source, options, join) {
		this.#options = options;
		this.#next = this.#position = options.from ?? undefined;
		this.#open = { source, request: options.request, window: options.window };
		this.#connection = join({
			connected: () => this.#ask(),
			lost: () => {
				this.#asked = false;
				this.#numbering = null;
			},
			opened: (frame) => this.#opened(frame),
			batch: (frame) => this.#batch(frame),
			end: (frame) => this.#end(frame),
			error: ({ code, message }) => this.#isHarmless(code) || this.#ended({ error: new StreamError(code, message) }),
			failed: (error) => this.#ended({ error })
		});
		this.#ask();
	}

	/** Where to continue once the row that was handed over last is processed. Undefined while nobody knows. */
	get position() {
		return this.#position && { ...this.#position };
	}

	/** Ends the loop, and lets the server forget the stream. */
	cancel() {
		this.#cancelled = true;
		this.#arrived = [];
		if (!this.#outcome) {
			this.#ended({});
			this.#connection.send({ type: 'cancel' });
		}
	}

	[Symbol.asyncIterator]() {
		return this.#rows;
	}

	// Not while a whole window waits here: connections that come and go must not pile up one on top of the other.
	#ask() {
		if (!this.#asked && !this.#outcome && this.#arrived.length < this.#open.window) {
			this.#asked = this.#connection.send({ type: 'open', ...this.#open, from: this.#next });
		}
	}

	// What was acknowledged and a new numbering may have crossed. A stream that is open stays so.
	#isHarmless(code) {
		return code === 'bad-offset' || code === 'stream-exists' || (code === 'bad-frame' && this.#numbering !== null);
	}

	// Within an epoch offsets tell what is missing, whatever the server says. That another one was recovered cannot
	// be, so nobody knows.
	#opened({ epoch, offset, recovered, missing: told }) {
		const next = this.#next;
		const same = next?.epoch === epoch;
		const missing = same ? offset - next.offset : recovered ? undefined : told ?? undefined;
		const lost = next !== undefined && (same ? missing > 0 : missing !== 0);
		if (this.#numbering?.epoch !== epoch) {
			this.#numbering = { epoch };
		}
		if (lost || !same) {
			this.#next = { epoch, offset };
		}
		this.#push({
			numbering: this.#numbering,
			offset: this.#next.offset,
			items: [],
			...(lost && { gap: { missing }, end: offset })
		});
	}

	#batch({ offset, items }) {
		if (!this.#numbering || items.length === 0) {
			return;
		}
		const { window } = this.#open;
		if (this.#arrived.filter(({ batch, numbering }) => batch && numbering === this.#numbering).length >= window) {
			this.#connection.send({ type: 'cancel' });
			this.#ended({ error: new StreamError('window-exceeded',
				`The server sent more than ${window} batches that are not acknowledged`) });
			return;
		}
		const { epoch, offset: expected } = this.#next;
		const end = offset + items.length;
		const gap = offset > expected ? { missing: offset - expected } : null;
		this.#next = { epoch, offset: Math.max(expected, end) };
		this.#push({
			batch: true,
			numbering: this.#numbering,
			offset: Math.max(expected, offset),
			items: items.slice(Math.max(0, expected - offset)),
			gap,
			end
		});
	}

	#end({ offset }) {
		const next = this.#next;
		if (this.#numbering && offset > next.offset) {
			this.#push({ numbering: this.#numbering, offset, items: [], gap: { missing: offset - next.offset }, end: offset });
		}
		this.#ended({});
	}

	#push(arrived) {
		this.#arrived.push(arrived);
		this.#wake();
	}

	#ended(outcome) {
		this.#outcome ??= outcome;
		this.#connection.leave();
		this.#wake();
	}

	async *#iterate() {
		try {
			for (;;) {
				while (this.#arrived.length === 0 && !this.#outcome) {
					await new Promise((resolve) => {
						this.#wake = resolve;
					});
				}
				if (this.#arrived.length === 0) {
					break;
				}
				const { numbering, offset, items, gap, end } = this.#arrived.shift();
				this.#ask();
				if (gap) {
					await this.#jump({ ...gap, position: { epoch: numbering.epoch, offset } });
				}
				this.#position = { epoch: numbering.epoch, offset };
				for (const item of items) {
					if (this.#cancelled) {
						return;
					}
					this.#position.offset++;
					yield item;
				}
				this.#acknowledge(numbering, end);
			}
			if (this.#outcome.error) {
				throw this.#outcome.error;
			}
		} finally {
			this.cancel();
		}
	}

	async #jump(gap) {
		const { onGap } = this.#options;
		if (!onGap) {
			throw new StreamError('gap', `${gap.missing ?? 'An unknown number of'} rows are missing`, gap);
		}
		await onGap(gap);
	}

	// Offsets mean something to the server that numbered them only, and not for longer than it does.
	#acknowledge(numbering, offset) {
		if (offset !== undefined && numbering === this.#numbering && !this.#outcome) {
			this.#connection.send({ type: 'ack', offset });
		}
	}
}

/**
 * Streams of rows that are acknowledged and continue where they stopped, many over one connection. Speaks the
 * subprotocol `resumable.v1.json`.
 */
export class KeepaliveStreams {
	#socket;
	#streams = new Map();
	#opened = 0;
	#closed = null;

	constructor(url, options = {}) {
		if (options.shared) {
			throw new TypeError('Streams are of one tab: their connection cannot be shared');
		}
		const given = Object.entries(options).filter(([, value]) => value !== undefined);
		this.#socket = new KeepaliveWebSocket(url,
			{ protocols: STREAM_PROTOCOL, ping: STREAM_PING, ...Object.fromEntries(given) });
		this.#socket.addEventListener('open', () => this.#tell('connected'));
		this.#socket.addEventListener('reconnecting', () => this.#tell('lost'));
		this.#socket.addEventListener('message', ({ data }) => this.#received(data));
		this.#socket.addEventListener('close', ({ code, reason, wasClean }) => {
			this.#closed = new StreamError('closed', `The WebSocket is closed (${code})`, { close: { code, reason, wasClean } });
			this.#tell('failed', this.#closed);
		});
	}

	/** The WebSocket, to listen to. */
	get socket() {
		return this.#socket;
	}

	/** Opens a stream of what the server calls `source`. To be read by one `for await`. */
	open(source, options = {}) {
		const complete = withDefaults(STREAM_DEFAULTS, options);
		if (!Number.isInteger(complete.window) || complete.window < 1) {
			throw new RangeError(`window must be a whole number above zero, not ${complete.window}`);
		}
		return new Stream(source, complete, (listener) => this.#join(listener));
	}

	/** Closes the connection for good: loops that are not at their end fail. */
	close(code, reason) {
		this.#socket.close(code, reason);
	}

	#join(listener) {
		const stream = `s${++this.#opened}`;
		this.#streams.set(stream, listener);
		if (this.#closed) {
			queueMicrotask(() => listener.failed(this.#closed));
		}
		return {
			/** Whether there is a connection, so that the frame was sent. */
			send: ({ type, ...fields }) => {
				const isOpen = this.#socket.readyState === KeepaliveWebSocket.OPEN;
				if (isOpen) {
					this.#socket.send(JSON.stringify({ type, stream, ...fields }));
				}
				return isOpen;
			},
			leave: () => this.#streams.delete(stream)
		};
	}

	#received(data) {
		let frame;
		try {
			frame = JSON.parse(data);
		} catch {
			this.#tell('failed', new StreamError('bad-frame', 'The server sent what is no frame'));
			return;
		}
		if (['opened', 'batch', 'end', 'error'].includes(frame?.type)) {
			this.#streams.get(frame.stream)?.[frame.type](frame);
		}
	}

	#tell(what, detail) {
		this.#streams.forEach((listener) => listener[what](detail));
	}
}

export default KeepaliveStreams;
