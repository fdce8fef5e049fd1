// A page to play with: a network of fake WebSockets, and fake time. What Node.js has not stays missing.
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { pathToFileURL } from 'node:url';

/** A WebSocket whose server is the test. */
export class FakeWebSocket {
	static all = [];
	static refuse = null;

	readyState = 0;
	bufferedAmount = 0;
	binaryType = 'blob';
	protocol = '';
	extensions = '';
	sent = [];
	closedWith = null;

	constructor(url, protocols) {
		if (FakeWebSocket.refuse) {
			throw FakeWebSocket.refuse;
		}
		Object.assign(this, { url, protocols });
		FakeWebSocket.all.push(this);
	}

	static get last() {
		return FakeWebSocket.all.at(-1);
	}

	send(data) {
		this.sent.push(data);
	}

	close(code, reason) {
		this.closedWith = { code, reason };
		this.readyState = 2;
	}

	serverOpens(protocol = '') {
		this.readyState = 1;
		this.protocol = protocol;
		this.onopen?.();
	}

	serverSends(data) {
		this.onmessage?.({ data, origin: 'ws://server' });
	}

	serverCloses(code, reason = '') {
		this.readyState = 3;
		this.onclose?.({ code, reason, wasClean: code !== 1006 });
	}
}

let pages = 0;

/** Opens a new page: with the script just loaded, no sockets, and time that only `pass` and `sleep` move. */
export async function newPage() {
	FakeWebSocket.all = [];
	FakeWebSocket.refuse = null;
	const window = new EventTarget();
	for (const method of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
		globalThis[method] = window[method].bind(window);
	}
	globalThis.document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
	globalThis.WebSocket = FakeWebSocket;
	mock.timers.reset();
	mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
	return import(`../websocket-keepalive.js?page=${++pages}`);
}

/** A new page with the script of streams. Copied, because a script imports another without a query. */
export async function newPageOfStreams() {
	await newPage();
	const folder = await mkdtemp(join(tmpdir(), 'page-'));
	try {
		await writeFile(join(folder, 'package.json'), '{"type":"module"}');
		for (const script of ['websocket-keepalive.js', 'websocket-streams.js']) {
			await copyFile(new URL(`../${script}`, import.meta.url), join(folder, script));
		}
		return await import(pathToFileURL(join(folder, 'websocket-streams.js')));
	} finally {
		await rm(folder, { recursive: true });
	}
}

export async function settle() {
	for (let i = 0; i < 10; i++) {
		await Promise.resolve();
	}
}

/** Lets time pass, with every timer on time. */
export async function pass(milliseconds) {
	await settle();
	for (let left = milliseconds; left > 0; left -= 100) {
		mock.timers.tick(Math.min(100, left));
		await settle();
	}
}

/** Lets time pass as it does for a computer that sleeps: one late tick, and nothing in between. */
export async function sleep(milliseconds) {
	mock.timers.setTime(Date.now() + milliseconds - 1000);
	await pass(1000);
}

/** Tells what a socket told, in order. */
export function record(socket) {
	const told = [];
	for (const type of ['open', 'message', 'close', 'error', 'reconnecting', 'reconnected', 'dropped']) {
		socket.addEventListener(type, (event) => told.push(event));
	}
	return { told, types: () => told.map(({ type }) => type), last: (type) => told.findLast((e) => e.type === type) };
}
