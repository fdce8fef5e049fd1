import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, it, mock } from 'node:test';
import { inspect } from 'node:util';

import { FakeWebSocket, newPage, pass, record, settle } from './environment.js';

const URL = 'wss://example.test/ws';
const ping = { message: 'ping', reply: 'pong' };

/** The names in an interface of the type declarations. */
function declaredNames(type) {
	const declarations = readFileSync(new globalThis.URL('../websocket-keepalive.d.ts', import.meta.url), 'utf8');
	const [, body] = new RegExp(`interface ${type} {(.*?)\n}`, 's').exec(declarations);
	return [...body.matchAll(/^\t(\w+)\??:/gm)].map(([, name]) => name);
}

function start(...args) {
	const socket = new KeepaliveWebSocket(URL, ...args);
	return { socket, ...record(socket) };
}

async function opened(...args) {
	const started = start(...args);
	await settle();
	FakeWebSocket.last.serverOpens('v1');
	return started;
}

async function comeBack() {
	await pass(500);
	FakeWebSocket.last.serverOpens();
}

let KeepaliveWebSocket;

beforeEach(async () => {
	({ KeepaliveWebSocket } = await newPage());
});

describe('the surface of WebSocket', () => {
	it('has its constants, on the class and on sockets', () => {
		const { socket } = start();
		for (const [name, value] of Object.entries({ CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 })) {
			assert.equal(KeepaliveWebSocket[name], value);
			assert.equal(socket[name], value);
		}
	});

	it('tells its state, URL, protocol and extensions', async () => {
		const { socket } = start('v1');
		assert.deepEqual([socket.readyState, socket.url, socket.protocol, socket.extensions], [0, URL, '', '']);
		await settle();
		assert.deepEqual(FakeWebSocket.last.protocols, ['v1']);
		FakeWebSocket.last.serverOpens('v1');
		assert.deepEqual([socket.readyState, socket.protocol], [1, 'v1']);
	});

	it('takes protocols, options, or both', async () => {
		start(['a', 'b'], { handshakeTimeout: 1 });
		start({ protocols: 'c' });
		await settle();
		assert.deepEqual(FakeWebSocket.all.map(({ protocols }) => protocols), [['a', 'b'], ['c']]);
	});

	it('calls handlers and listeners in the order in which they were added', async () => {
		const { socket } = start();
		const calls = [];
		socket.onopen = () => calls.push('replaced');
		socket.addEventListener('open', () => calls.push('listener'));
		socket.onopen = function onopen() {
			calls.push(this === socket ? 'handler' : 'other');
		};
		await settle();
		FakeWebSocket.last.serverOpens();
		assert.deepEqual(calls, ['handler', 'listener']);
		socket.onopen = null;
		assert.equal(socket.onopen, null);
	});

	it('passes data and origin on', async () => {
		const { last } = await opened();
		FakeWebSocket.last.serverSends('news');
		assert.deepEqual([last('message').data, last('message').origin], ['news', 'ws://server']);
	});

	it('hands binaryType to every connection', async () => {
		const { socket } = await opened();
		assert.equal(socket.binaryType, 'blob');
		socket.binaryType = 'arraybuffer';
		socket.binaryType = 'nonsense';
		assert.equal(FakeWebSocket.last.binaryType, 'arraybuffer');
		FakeWebSocket.last.serverCloses(1006);
		await comeBack();
		assert.equal(FakeWebSocket.last.binaryType, 'arraybuffer');
	});

	it('refuses what WebSocket refuses', () => {
		const syntaxError = { name: 'SyntaxError' };
		assert.throws(() => new KeepaliveWebSocket('ftp://example.test'), syntaxError);
		assert.throws(() => new KeepaliveWebSocket(`${URL}#fragment`), syntaxError);
		assert.throws(() => new KeepaliveWebSocket(URL, ['a', 'a']), syntaxError);
		assert.throws(() => new KeepaliveWebSocket(URL, 'not a token'), syntaxError);
		assert.throws(() => start().socket.close(1001), { name: 'InvalidAccessError' });
		assert.throws(() => start().socket.close(1000, 'ä'.repeat(62)), syntaxError);
	});

	it('refuses options that make no sense, and names them', () => {
		assert.throws(() => start({ backof: {} }), /Unknown options: backof/);
		assert.throws(() => start({ backoff: { mim: 1 } }), /Unknown options: backoff.mim/);
		assert.throws(() => start({ queue: { size: 1 } }), /Unknown options: queue.size/);
		assert.throws(() => start({ ping: { ...ping, every: 1 } }), /Unknown options: ping.every/);
		assert.throws(() => start({ backoff: { min: 0 } }), /backoff.min must be above zero/);
		assert.throws(() => start({ queue: { overflow: 'lose' } }), /queue.overflow/);
		assert.throws(() => start({ ping: { message: 'ping' } }), /ping needs/);
		assert.throws(() => start({ ping: { message: 'a', reply: 'b', interval: -1 } }), /ping.interval/);
		assert.throws(() => start({ shared: true, retry: () => true }), /retry/);
		assert.throws(() => new KeepaliveWebSocket(() => URL, { shared: true }), /needs a name/);
	});

	const withoutOptions = (type) => Object.fromEntries(declaredNames(type).map((name) => [name, undefined]));

	for (const options of [
		...declaredNames('KeepaliveWebSocketOptions').map((name) => ({ [name]: undefined })),
		withoutOptions('KeepaliveWebSocketOptions'),
		{ backoff: { ...withoutOptions('Backoff'), resetAfter: undefined } },
		{ queue: { messages: undefined, bytes: undefined, overflow: undefined } },
		{ random: undefined, ping: { ...withoutOptions('Ping'), ...ping } }
	]) {
		it(`takes an option that is undefined for one that is left out: ${inspect(options)}`, async () => {
			const { socket, types, last } = await opened(options);
			assert.deepEqual(FakeWebSocket.last.protocols, []);
			FakeWebSocket.last.serverCloses(1006);
			const { delay } = last('reconnecting').detail;
			assert.ok(delay >= 100 && delay <= 500, `${delay} ms`);
			Array.from({ length: 1000 }, () => socket.send('message'));
			assert.throws(() => socket.send('message'), { name: 'QuotaExceededError' });
			await comeBack();
			assert.deepEqual(types(), ['open', 'reconnecting', 'open', 'reconnected']);
			await pass(20_000);
			assert.equal(FakeWebSocket.last.sent.filter((sent) => sent === 'ping').length, options.ping ? 1 : 0);
		});
	}

	it('takes arguments that are undefined for ones that are left out', () => {
		assert.equal(start(undefined, undefined).socket.readyState, 0);
		assert.equal(start('v1', undefined).socket.readyState, 0);
	});

	it('takes the URL of a page for that of its WebSocket', () => {
		assert.equal(new KeepaliveWebSocket('https://example.test/ws').url, URL);
	});
});

describe('close', () => {
	it('is final, whatever the code', async () => {
		const { socket, types, last } = await opened();
		socket.close(4000, 'bye');
		assert.equal(socket.readyState, 2);
		assert.deepEqual(FakeWebSocket.last.closedWith, { code: 4000, reason: 'bye' });
		FakeWebSocket.last.serverCloses(4000, 'bye');
		await pass(60_000);
		assert.equal(socket.readyState, 3);
		assert.deepEqual(types(), ['open', 'close']);
		assert.equal(last('close').code, 4000);
		assert.equal(FakeWebSocket.all.length, 1);
	});

	it('at once leaves no handshake behind', async () => {
		const { socket, types } = start();
		socket.close();
		await pass(1000);
		assert.equal(FakeWebSocket.all.length, 0);
		assert.deepEqual(types(), ['close']);
	});

	it('during a handshake lets it finish, so that no browser complains', async () => {
		const { socket, types } = start();
		await settle();
		socket.close();
		assert.equal(FakeWebSocket.last.closedWith, null);
		FakeWebSocket.last.serverOpens();
		assert.notEqual(FakeWebSocket.last.closedWith, null);
		FakeWebSocket.last.serverCloses(1000);
		assert.deepEqual(types(), ['close']);
	});

	it('while away ends the attempts', async () => {
		const { socket, types } = await opened();
		FakeWebSocket.last.serverCloses(1006);
		socket.close();
		await pass(60_000);
		assert.equal(FakeWebSocket.all.length, 1);
		assert.deepEqual(types(), ['open', 'reconnecting', 'close']);
	});

	it('from the handler of reconnecting ends the attempts', async () => {
		const { socket, types } = await opened();
		socket.onreconnecting = () => socket.close();
		FakeWebSocket.last.serverCloses(1006);
		await pass(60_000);
		assert.deepEqual(types(), ['open', 'reconnecting', 'close']);
	});

	it('does not wait for a dead server', async () => {
		const { socket, types, last } = await opened();
		socket.close();
		await pass(5000);
		assert.deepEqual(types(), ['open', 'error', 'close']);
		assert.equal(last('close').code, 1006);
	});

	it('leaves no timer behind', async () => {
		const { socket } = await opened();
		const cleared = mock.method(globalThis, 'clearInterval');
		socket.close();
		FakeWebSocket.last.serverCloses(1000);
		assert.equal(cleared.mock.callCount(), 1);
		cleared.mock.restore();
	});
});

describe('what is sent while away', () => {
	it('is sent once there is a connection, after what the handler of open sends', async () => {
		const { socket } = start();
		socket.onopen = () => socket.send('login');
		socket.send('one');
		socket.send('two');
		assert.equal(socket.bufferedAmount, 6);
		await settle();
		FakeWebSocket.last.serverOpens();
		assert.deepEqual(FakeWebSocket.last.sent, ['login', 'one', 'two']);
		assert.equal(socket.bufferedAmount, 0);
		FakeWebSocket.last.serverCloses(1006);
		socket.send('three');
		await comeBack();
		assert.deepEqual(FakeWebSocket.last.sent, ['login', 'three']);
	});

	it('is queued while the server closes, where WebSocket would drop it', async () => {
		const { socket } = await opened();
		FakeWebSocket.last.readyState = 2;
		assert.equal(socket.readyState, 0);
		socket.send('late');
		FakeWebSocket.last.serverCloses(1001);
		await comeBack();
		assert.deepEqual(FakeWebSocket.last.sent, ['late']);
	});

	it('stays in the queue when the connection ends at once', async () => {
		const { socket } = start();
		socket.send('one');
		socket.addEventListener('open', () => {
			FakeWebSocket.last.readyState = 2;
		}, { once: true });
		await settle();
		FakeWebSocket.last.serverOpens();
		FakeWebSocket.last.serverCloses(1001);
		await comeBack();
		assert.deepEqual(FakeWebSocket.all.map(({ sent }) => sent), [[], ['one']]);
	});

	it('is what it was when it was sent', async () => {
		const { socket } = start();
		const bytes = new Uint8Array([1, 2, 3, 4]);
		socket.send(bytes.subarray(1, 3));
		bytes.fill(0);
		await settle();
		FakeWebSocket.last.serverOpens();
		assert.deepEqual(new Uint8Array(FakeWebSocket.last.sent[0]), new Uint8Array([2, 3]));
	});

	it('fails when the queue is full, in messages or bytes of UTF-8', () => {
		const few = start({ queue: { messages: 1 } }).socket;
		few.send('one');
		assert.throws(() => few.send('two'), { name: 'QuotaExceededError' });
		const small = start({ queue: { bytes: 3 } }).socket;
		small.send('ä');
		assert.throws(() => small.send('ä'), { name: 'QuotaExceededError' });
		small.send(new Blob(['a']));
		assert.equal(small.bufferedAmount, 3);
	});

	it('drops the oldest if told to, and says so', async () => {
		const { socket, told } = start({ queue: { messages: 2, bytes: 10, overflow: 'drop-oldest' } });
		['one', 'two', 'three'].forEach((message) => socket.send(message));
		assert.deepEqual(told.map(({ detail }) => detail), [{ data: 'one', reason: 'overflow' }]);
		await settle();
		FakeWebSocket.last.serverOpens();
		assert.deepEqual(FakeWebSocket.last.sent, ['two', 'three']);
	});

	it('does not drop everything for what would not fit anyway', () => {
		const { socket } = start({ queue: { bytes: 3, overflow: 'drop-oldest' } });
		assert.throws(() => socket.send('large'), { name: 'QuotaExceededError' });
	});

	it('makes the page wait if told to', async () => {
		const { socket } = start({ queue: { messages: 1, overflow: 'wait' } });
		let sent = false;
		const sending = socket.send('one').then(() => {
			sent = true;
		});
		await assert.rejects(socket.send('two'), { name: 'QuotaExceededError' });
		await settle();
		assert.equal(sent, false);
		FakeWebSocket.last.serverOpens();
		await sending;
		await socket.send('three');
		assert.deepEqual(FakeWebSocket.last.sent, ['one', 'three']);
	});

	it('is told to be dropped when the socket ends', async () => {
		const { socket, types, last } = await opened();
		FakeWebSocket.last.serverCloses(1006);
		socket.send('one');
		socket.close();
		await settle();
		assert.deepEqual(types(), ['open', 'reconnecting', 'dropped', 'close']);
		assert.deepEqual(last('dropped').detail, { data: 'one', reason: 'closed' });
		socket.send('two');
		assert.deepEqual(last('dropped').detail, { data: 'two', reason: 'closed' });
	});

	it('rejects the promises of those who wait when the socket ends', async () => {
		const { socket } = start({ queue: { overflow: 'wait' } });
		const sending = socket.send('one');
		socket.close();
		await assert.rejects(sending, { name: 'NetworkError' });
		await assert.rejects(socket.send('two'), { name: 'NetworkError' });
	});
});
