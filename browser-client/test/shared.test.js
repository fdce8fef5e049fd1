import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { FakeWebSocket, newPage, pass, record, settle, sleep } from './environment.js';

const URL = 'wss://example.test/ws';

/** A SharedWorker whose script is the test. */
class FakeSharedWorker {
	static all = [];
	static refuse = null;

	received = [];
	port = {
		postMessage: (message) => this.received.push(structuredClone(message)),
		onmessage: null
	};

	constructor(url, options) {
		if (FakeSharedWorker.refuse) {
			throw FakeSharedWorker.refuse;
		}
		Object.assign(this, { url: String(url), options });
		FakeSharedWorker.all.push(this);
	}

	static get last() {
		return FakeSharedWorker.all.at(-1);
	}

	says(message) {
		this.port.onmessage({ data: message });
	}

	opens(lock = null) {
		this.says({ type: 'joined', lock });
		this.says({ type: 'opened', opened: { url: URL, protocol: '', extensions: '' } });
	}

	types() {
		return this.received.map(({ type }) => type);
	}
}

/** Locks that the test gives away and takes. */
class FakeLocks {
	requests = [];

	async request(name, ...rest) {
		const granted = rest.pop();
		const { mode = 'exclusive', signal } = rest[0] ?? {};
		const request = { name, mode, granted };
		this.requests.push(request);
		const withdrawn = new Promise((resolve, reject) => {
			request.withdraw = () => reject(signal.reason);
			signal?.addEventListener('abort', request.withdraw);
		});
		const held = new Promise((resolve) => {
			request.grant = () => resolve(granted());
		});
		return Promise.race([held, withdrawn]);
	}

	find(name) {
		return this.requests.find((request) => request.name === name);
	}
}

function setNavigator(value) {
	Object.defineProperty(globalThis, 'navigator', { value, configurable: true, writable: true });
}

function start(options) {
	const socket = new KeepaliveWebSocket(URL, { shared: true, random: () => 1, ...options });
	return { socket, ...record(socket) };
}

let KeepaliveWebSocket;

beforeEach(async () => {
	({ KeepaliveWebSocket } = await newPage());
	FakeSharedWorker.all = [];
	FakeSharedWorker.refuse = null;
	globalThis.SharedWorker = FakeSharedWorker;
	setNavigator(undefined);
});

afterEach(() => {
	delete globalThis.SharedWorker;
});

describe('the shared worker', () => {
	it('is a script of its own, beside this one', () => {
		start();
		assert.match(FakeSharedWorker.last.url, /\/browser-client\/websocket-keepalive-worker\.js$/);
		assert.deepEqual(FakeSharedWorker.last.options, { type: 'module', name: 'websocket-keepalive' });
	});

	it('is published with this one', () => {
		const { files, exports } = JSON.parse(readFileSync(new globalThis.URL('../package.json', import.meta.url), 'utf8'));
		assert.ok(files.includes('websocket-keepalive-worker.js'));
		assert.equal(exports['./worker'], './websocket-keepalive-worker.js');
	});

	it('is where workerUrl says', () => {
		start({ workerUrl: '/assets/worker-1f2e.js' });
		assert.equal(FakeSharedWorker.last.url, '/assets/worker-1f2e.js');
		start({ workerUrl: new globalThis.URL('https://example.test/worker.js') });
		assert.equal(FakeSharedWorker.last.url, 'https://example.test/worker.js');
		const [join] = FakeSharedWorker.last.received;
		assert.equal(join.type, 'join');
		assert.equal('workerUrl' in join.settings, false);
	});

	it('opens the socket, and carries what is sent', () => {
		const { socket, types, last } = start();
		FakeSharedWorker.last.opens();
		assert.equal(socket.readyState, KeepaliveWebSocket.OPEN);
		socket.send('to all');
		assert.deepEqual(FakeSharedWorker.last.received.at(-1), { type: 'send', data: 'to all' });
		FakeSharedWorker.last.says({ type: 'message', data: 'from all', origin: 'ws://server' });
		assert.equal(last('message').data, 'from all');
		assert.deepEqual(types(), ['open', 'message']);
		assert.equal(FakeWebSocket.all.length, 0);
	});
});

describe('a tab has a connection of its own', () => {
	for (const [what, happens] of Object.entries({
		'the worker may not be started': () => {},
		'the script of the worker cannot be loaded': () => FakeSharedWorker.last.onerror(new Event('error')),
		'the worker does not answer, because its script throws': () => pass(10_000)
	})) {
		it(`where ${what}`, async () => {
			FakeSharedWorker.refuse = what.includes('may not') ? new DOMException('Refused', 'SecurityError') : null;
			const { socket, types } = start();
			socket.send('queued');
			await happens();
			await settle();
			FakeWebSocket.last.serverOpens();
			assert.deepEqual(types(), ['open']);
			assert.deepEqual(FakeWebSocket.last.sent, ['queued']);
			await pass(60_000);
			assert.equal(FakeWebSocket.all.length, 1);
			assert.ok(FakeSharedWorker.all.length <= 1);
		});
	}

	it('although a worker that was late answers then', async () => {
		const { types } = start({ handshakeTimeout: 3000 });
		await pass(3000);
		assert.equal(FakeSharedWorker.last.types().at(-1), 'leave');
		FakeWebSocket.last.serverOpens();
		FakeSharedWorker.last.opens();
		FakeSharedWorker.last.says({ type: 'message', data: 'twice', origin: '' });
		FakeSharedWorker.last.onerror(new Event('error'));
		await pass(60_000);
		assert.deepEqual(types(), ['open']);
		assert.equal(FakeWebSocket.all.length, 1);
	});

	it('but not because the worker has no connection yet', async () => {
		const { types } = start();
		FakeSharedWorker.last.says({ type: 'joined', lock: null });
		await pass(15_000);
		assert.deepEqual(types(), []);
		assert.equal(FakeWebSocket.all.length, 0);
	});

	it('but not because the computer slept', async () => {
		start();
		await sleep(60_000);
		FakeSharedWorker.last.opens();
		await pass(15_000);
		assert.equal(FakeWebSocket.all.length, 0);
	});
});

describe('a worker that is gone', () => {
	it('is noticed by its lock at once, and another one takes its place', async () => {
		const locks = new FakeLocks();
		setNavigator({ locks });
		const { socket, types, last } = start();
		locks.requests[0].grant();
		await settle();
		assert.equal(FakeSharedWorker.last.received[0].lock, locks.requests[0].name);
		FakeSharedWorker.last.opens('lock of the worker');
		assert.equal(locks.find('lock of the worker').mode, 'shared');
		locks.find('lock of the worker').grant();
		await settle();
		assert.equal(socket.readyState, KeepaliveWebSocket.CONNECTING);
		const { delay, unsentBytes, ...detail } = last('reconnecting').detail;
		assert.deepEqual(detail, { code: 1006, reason: 'shared worker gone', wasClean: false, attempt: 1 });
		assert.equal(delay, 500);
		socket.send('not lost');
		await pass(500);
		assert.equal(FakeSharedWorker.all.length, 2);
		locks.requests.at(-1).grant();
		await settle();
		FakeSharedWorker.last.opens('another lock');
		assert.deepEqual(types(), ['open', 'reconnecting', 'open', 'reconnected']);
		assert.deepEqual(FakeSharedWorker.last.received.at(-1), { type: 'send', data: 'not lost' });
		assert.equal(FakeWebSocket.all.length, 0);
		socket.close();
	});

	it('is noticed where there are no locks, because it does not answer', async () => {
		const { socket, types, last } = start();
		FakeSharedWorker.last.opens();
		await pass(19_000);
		assert.deepEqual(FakeSharedWorker.last.types(), ['join']);
		await pass(1000);
		assert.deepEqual(FakeSharedWorker.last.types(), ['join', 'ping']);
		FakeSharedWorker.last.says({ type: 'pong' });
		await pass(29_000);
		assert.deepEqual(types(), ['open']);
		await pass(1000);
		assert.equal(last('reconnecting').detail.reason, 'shared worker gone');
		assert.equal(socket.readyState, KeepaliveWebSocket.CONNECTING);
		assert.equal(FakeSharedWorker.all[0].types().at(-1), 'leave');
		await pass(500);
		assert.equal(FakeSharedWorker.all.length, 2);
	});

	it('is noticed within the time for a handshake by a tab that wakes', async () => {
		const { types } = start();
		FakeSharedWorker.last.opens();
		await pass(2000);
		dispatchEvent(new Event('online'));
		assert.deepEqual(FakeSharedWorker.last.types(), ['join', 'wake', 'ping']);
		await pass(10_000);
		assert.deepEqual(types(), ['open', 'reconnecting']);
	});

	it('for good leaves each tab a connection of its own', async () => {
		const { types } = start();
		FakeSharedWorker.last.opens();
		await pass(30_000);
		await pass(500);
		assert.equal(FakeSharedWorker.all.length, 2);
		await pass(10_000);
		FakeWebSocket.last.serverOpens();
		assert.deepEqual(types(), ['open', 'reconnecting', 'open', 'reconnected']);
		assert.equal(FakeSharedWorker.all.length, 2);
	});

	it('again and again is started less and less often', async () => {
		const locks = new FakeLocks();
		setNavigator({ locks });
		const { told } = start();
		const delays = [];
		for (let i = 0; i < 8; i++) {
			locks.requests.at(-1).grant();
			await settle();
			FakeSharedWorker.last.opens(`lock ${i}`);
			locks.find(`lock ${i}`).grant();
			await settle();
			delays.push(told.at(-1).detail.delay);
			await pass(delays.at(-1));
		}
		assert.deepEqual(delays, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
	});

	it('is not looked for after the socket was closed', async () => {
		const locks = new FakeLocks();
		setNavigator({ locks });
		const { socket, types, last } = start();
		locks.requests[0].grant();
		await settle();
		FakeSharedWorker.last.opens('lock of the worker');
		socket.close(4001, 'bye');
		await settle();
		assert.equal(FakeSharedWorker.last.types().at(-1), 'leave');
		locks.find('lock of the worker').grant();
		await pass(60_000);
		assert.deepEqual(types(), ['open', 'close']);
		assert.equal(last('close').code, 4001);
		assert.equal(FakeSharedWorker.all.length, 1);
	});

	it('is not started again for a socket that is closed meanwhile', async () => {
		const { socket, types } = start();
		FakeSharedWorker.last.opens();
		await pass(30_000);
		socket.close();
		await pass(60_000);
		assert.deepEqual(types(), ['open', 'reconnecting', 'close']);
		assert.equal(FakeSharedWorker.all.length, 1);
		assert.equal(FakeWebSocket.all.length, 0);
	});
});

describe('in the shared worker', () => {
	class Tab {
		heard = [];
		port = { postMessage: (message) => this.heard.push(structuredClone(message)), onmessage: null };

		constructor() {
			onconnect({ ports: [this.port] });
		}

		says(message) {
			this.port.onmessage({ data: message });
		}

		joins(key = 'key', message = {}) {
			this.says({ type: 'join', key, url: URL, settings: { backoff: { min: 500 } }, ...message });
			return this;
		}

		types() {
			return this.heard.map(({ type }) => type);
		}
	}

	let workers = 0;

	beforeEach(async () => {
		delete globalThis.document;
		await import(`../websocket-keepalive-worker.js?worker=${++workers}`);
	});

	it('a tab is answered before there is a connection', async () => {
		const tab = new Tab().joins();
		await settle();
		assert.deepEqual(tab.heard, [{ type: 'joined', lock: null }]);
		tab.says({ type: 'ping' });
		assert.deepEqual(tab.types(), ['joined', 'pong']);
		FakeWebSocket.last.serverOpens();
		assert.equal(tab.types().at(-1), 'opened');
		tab.says({ type: 'leave' });
		FakeWebSocket.last.serverCloses(1000);
	});

	it('tabs with the same key share a connection', async () => {
		const tabs = [new Tab().joins(), new Tab().joins()];
		await settle();
		FakeWebSocket.last.serverOpens();
		tabs.push(new Tab().joins());
		FakeWebSocket.last.serverSends('news');
		assert.equal(FakeWebSocket.all.length, 1);
		for (const tab of tabs) {
			assert.equal(tab.heard.filter(({ data }) => data === 'news').length, 1);
		}
		tabs.forEach((tab) => tab.says({ type: 'leave' }));
		assert.deepEqual(FakeWebSocket.last.closedWith, { code: 1000, reason: '' });
		FakeWebSocket.last.serverCloses(1000);
	});

	it('a connection that closes with its last tab leaves the next one to later tabs', async () => {
		const first = new Tab().joins();
		await settle();
		FakeWebSocket.last.serverOpens();
		first.says({ type: 'leave' });
		const tabs = [new Tab().joins()];
		await settle();
		FakeWebSocket.all[0].serverCloses(1000);
		tabs.push(new Tab().joins());
		await settle();
		assert.equal(FakeWebSocket.all.length, 2);
		FakeWebSocket.all[1].serverOpens();
		tabs.forEach((tab) => tab.says({ type: 'leave' }));
		FakeWebSocket.all[1].serverCloses(1000);
	});

	it('a tab that leaves what has ended does not take the next connection along', async () => {
		const first = new Tab().joins();
		await settle();
		FakeWebSocket.last.serverOpens();
		FakeWebSocket.last.serverCloses(4500);
		const tabs = [new Tab().joins()];
		first.says({ type: 'leave' });
		tabs.push(new Tab().joins());
		await settle();
		assert.equal(FakeWebSocket.all.length, 2);
		FakeWebSocket.all[1].serverOpens();
		tabs.forEach((tab) => tab.says({ type: 'leave' }));
		FakeWebSocket.all[1].serverCloses(1000);
	});

	it('a tab that wakes cuts the backoff short', async () => {
		const tab = new Tab().joins('key', { settings: { backoff: { min: 500, floor: 400 } } });
		await settle();
		for (let i = 0; i < 8; i++) {
			FakeWebSocket.last.serverCloses(1006);
			await pass(tab.heard.at(-1).lost.delay);
		}
		FakeWebSocket.last.serverCloses(1006);
		const { length } = FakeWebSocket.all;
		await pass(Math.min(600, tab.heard.at(-1).lost.delay - 1));
		tab.says({ type: 'wake' });
		await pass(1);
		assert.equal(FakeWebSocket.all.length, length + 1);
		tab.says({ type: 'leave' });
		FakeWebSocket.last.serverOpens();
		FakeWebSocket.last.serverCloses(1000);
	});
});
