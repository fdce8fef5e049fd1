import { KeepaliveWebSocket } from './websocket-keepalive.js';
import type { Close, KeepaliveWebSocketOptions } from './websocket-keepalive.js';

/** A place in a stream: the row of this offset comes next. Can be stored as JSON. */
export interface StreamPosition {
	epoch: string;
	offset: number;
}

/** Rows that will never come. */
export interface StreamGap {
	/** How many; undefined if nobody can know. */
	missing: number | undefined;
	/** Where the stream goes on. */
	position: StreamPosition;
}

export interface StreamOptions {
	/** Parameters for the source. */
	request?: Record<string, unknown>;
	/** Maximum number of batches that wait for the loop (8). The server may allow fewer. */
	window?: number;
	/** Where to continue, instead of at the beginning. */
	from?: StreamPosition | null;
	/** Called, and awaited, in the place of rows that will never come. Without it the loop fails there. */
	onGap?: ((gap: StreamGap) => unknown) | null;
}

/** The rows of a stream, in order and once each, for one `for await`. Leaving the loop cancels the stream. */
export interface KeepaliveStream<T> extends AsyncIterable<T> {
	/** Where to continue once the row that was handed over last is processed. Undefined before `opened` is reached. */
	readonly position: StreamPosition | undefined;
	/** Ends the loop, and the stream on the server. */
	cancel(): void;
}

/** Why a loop failed. */
export class StreamError extends Error {
	/** An error code of the server; `gap`; `window-exceeded`; or `closed`, when the connection does not come back. */
	readonly code: string;
	/** Of a `gap`. */
	readonly missing?: number;
	/** Of a `gap`. */
	readonly position?: StreamPosition;
	/** Of `closed`. */
	readonly close?: Close;
}

/** Streams over one connection that comes back: subprotocol `resumable.v1.json`. */
export class KeepaliveStreams {
	constructor(url: string | URL | (() => string | URL | Promise<string | URL>),
		options?: Omit<KeepaliveWebSocketOptions, 'shared'>);

	/** The connection, to listen to. */
	readonly socket: KeepaliveWebSocket;

	/** Opens a stream of what the server calls `source`. A batch is acknowledged when the loop asks for more. */
	open<T = unknown>(source: string, options?: StreamOptions): KeepaliveStream<T>;
	/** Closes the connection for good: loops that are not at their end fail. */
	close(code?: number, reason?: string): void;
}

export default KeepaliveStreams;
