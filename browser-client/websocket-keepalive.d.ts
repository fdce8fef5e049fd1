/** What a socket is told, apart from its URL. Times are in milliseconds. */
export interface KeepaliveWebSocketOptions {
	/** Subprotocols, as for `WebSocket`. */
	protocols?: string | string[];
	/** How long to wait before each attempt to come back. */
	backoff?: Partial<Backoff> & {
		/** How long a connection has to be open for the backoff to start anew (30,000). */
		resetAfter?: number;
	};
	/** A ping that the application on the server, or the starter for it, answers. None by default. */
	ping?: Ping | null;
	/** What is kept while there is no connection. */
	queue?: {
		/** Most messages (1000). */
		messages?: number;
		/** Most bytes (1 MiB). */
		bytes?: number;
		/**
		 * What `send` does when the queue is full: `fail` throws a `QuotaExceededError`; `drop-oldest` fires `dropped`;
		 * `wait` returns a promise from every `send`, fulfilled once the message was handed to a connection.
		 */
		overflow?: 'fail' | 'drop-oldest' | 'wait';
	};
	/** How long a handshake may take, and a shared worker to answer (10,000). */
	handshakeTimeout?: number;
	/** How long the server may take to answer `close` (5000). */
	closeTimeout?: number;
	/** How many attempts in a row may fail, or give a connection that does not live for `backoff.resetAfter` (no limit). */
	maxAttempts?: number;
	/** Decides whether to come back, or returns `undefined` to leave it to the table of close codes. */
	retry?: ((close: Close) => boolean | undefined) | null;
	/** Shares one connection among the tabs that give the same name, or with `true` the same URL. */
	shared?: boolean | string;
	/** Where `websocket-keepalive-worker.js` is, if not beside this script, and the bundler does not put it there. */
	workerUrl?: string | URL | null;
	/** Where jitter comes from (`Math.random`). */
	random?: () => number;
}

export interface Backoff {
	/** The ceiling of the first delay (500), doubled for each further one. */
	min: number;
	/** The highest ceiling (30,000). */
	max: number;
	/** The shortest delay (100), but half of the ceiling at most. */
	floor: number;
}

export interface Ping {
	/** The text to send: `websocket-keepalive.heartbeat.text-ping`. */
	message: string;
	/** The answer, hidden from the page: `websocket-keepalive.heartbeat.text-pong`. */
	reply: string;
	/** Silence before a ping (20,000). */
	interval?: number;
	/** Silence after a ping before the connection is given up (20,000). */
	timeout?: number;
}

export interface Close {
	code: number;
	reason: string;
	wasClean: boolean;
}

/** The connection was lost; the next attempt follows. */
export interface Reconnecting extends Close {
	/** The number of the attempt since there was a connection, from 1. */
	attempt: number;
	/** Milliseconds until it. */
	delay: number;
	/** What was still in the browser's own buffer, and is lost. */
	unsentBytes: number;
}

export interface Reconnected {
	/** How many attempts it took: the `attempt` of the last `reconnecting`. */
	attempts: number;
	/** Milliseconds without a connection. */
	away: number;
}

/** A message that was not sent. */
export interface Dropped {
	data: Data;
	/** `overflow`: the queue was full. `closed`: the socket has ended. */
	reason: 'overflow' | 'closed';
}

export type Data = string | ArrayBufferLike | Blob | ArrayBufferView;

export interface KeepaliveWebSocketEventMap {
	open: Event;
	message: MessageEvent;
	close: CloseEvent;
	error: Event;
	reconnecting: CustomEvent<Reconnecting>;
	reconnected: CustomEvent<Reconnected>;
	dropped: CustomEvent<Dropped>;
}

type Handler<K extends keyof KeepaliveWebSocketEventMap> =
	((this: KeepaliveWebSocket, event: KeepaliveWebSocketEventMap[K]) => unknown) | null;

/**
 * Takes the place of `WebSocket`. `open` fires for every connection, `close` once, when the socket does not come back.
 */
export class KeepaliveWebSocket extends EventTarget {
	static readonly CONNECTING: 0;
	static readonly OPEN: 1;
	static readonly CLOSING: 2;
	static readonly CLOSED: 3;
	/** How many handshakes of this page may be under way at a time (4). */
	static maxHandshakes: number;

	constructor(url: string | URL | (() => string | URL | Promise<string | URL>), options?: KeepaliveWebSocketOptions);
	constructor(url: string | URL | (() => string | URL | Promise<string | URL>), protocols: string | string[],
		options?: KeepaliveWebSocketOptions);

	readonly CONNECTING: 0;
	readonly OPEN: 1;
	readonly CLOSING: 2;
	readonly CLOSED: 3;

	readonly url: string;
	readonly protocol: string;
	readonly extensions: string;
	/** `CONNECTING` also between two connections. */
	readonly readyState: 0 | 1 | 2 | 3;
	/** Bytes that are queued here, and those in the browser's buffer. */
	readonly bufferedAmount: number;
	binaryType: 'blob' | 'arraybuffer';

	onopen: Handler<'open'>;
	onmessage: Handler<'message'>;
	onclose: Handler<'close'>;
	onerror: Handler<'error'>;
	onreconnecting: Handler<'reconnecting'>;
	onreconnected: Handler<'reconnected'>;
	ondropped: Handler<'dropped'>;

	/** Sends, or queues while there is no connection. Returns a promise if `queue.overflow` is `wait`. */
	send(data: Data): void | Promise<void>;
	/** Closes for good. */
	close(code?: number, reason?: string): void;

	addEventListener<K extends keyof KeepaliveWebSocketEventMap>(type: K,
		listener: (this: KeepaliveWebSocket, event: KeepaliveWebSocketEventMap[K]) => unknown,
		options?: boolean | AddEventListenerOptions): void;
	addEventListener(type: string, listener: EventListenerOrEventListenerObject | null,
		options?: boolean | AddEventListenerOptions): void;
	removeEventListener<K extends keyof KeepaliveWebSocketEventMap>(type: K,
		listener: (this: KeepaliveWebSocket, event: KeepaliveWebSocketEventMap[K]) => unknown,
		options?: boolean | EventListenerOptions): void;
	removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null,
		options?: boolean | EventListenerOptions): void;
}

export default KeepaliveWebSocket;

/** Milliseconds before an attempt, which count from 0: full jitter after the cap, above the floor. */
export function backoffDelay(backoff: Backoff, attempt: number, random?: () => number): number;

/** Whether a close code of the server says, the first time, that it is done, or that coming back is useless. */
export function isFinal(code: number): boolean;

/** The milliseconds after which the server asks to come back in a close reason. */
export function reconnectAfter(reason: string): number | undefined;
