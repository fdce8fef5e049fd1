import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { FakeWebSocket, newPage, pass, record, settle, sleep } from './environment.js';

const ping = { message: 'ping?', reply: 'pong!', interval: 20_000, timeout: 10_000 };

async function opened(options = {}) {
	const socket = new KeepaliveWebSocket('wss://example.test/ws', { random: () => 0, ping, ...options });
	const recorded = record(socket);
	await settle();
	FakeWebSocket.last.serverOpens();
	return { socket, server: FakeWebSocket.last, ...recorded };
}

/** A tab in the background: the browser runs its timers once a minute, but hands over messages at once. */
async function throttledMinute(onPing) {
	await sleep(59_000);
	onPing?.();
	await settle();
}

let KeepaliveWebSocket;

beforeEach(async () => {
	({ KeepaliveWebSocket } = await newPage());
});

describe('the ping', () => {
	it('is sent after an interval of silence', async () => {
		const { server } = await opened();
		await pass(19_000);
		assert.deepEqual(server.sent, []);
		await pass(1000);
		assert.deepEqual(server.sent, ['ping?']);
	});

	it('is sent first after half an interval at the earliest, and not in step with others', async () => {
		const { server } = await opened({ random: () => 1 });
		await pass(9000);
		assert.deepEqual(server.sent, []);
		await pass(1000);
		assert.deepEqual(server.sent, ['ping?']);
	});

	it('is left out while something arrives', async () => {
		const { server } = await opened();
		for (let i = 0; i < 10; i++) {
			await pass(15_000);
			server.serverSends('news');
		}
		assert.deepEqual(server.sent, []);
	});

	it('is answered, and the page does not see it', async () => {
		const { server, types, told } = await opened();
		await pass(20_000);
		server.serverSends('pong!');
		server.serverSends('news');
		await pass(15_000);
		assert.deepEqual(types(), ['open', 'message']);
		assert.equal(told[1].data, 'news');
	});

	it('is not sent by default, and what looks like a reply is a message', async () => {
		const { server, types } = await opened({ ping: null });
		await pass(600_000);
		server.serverSends('pong!');
		assert.deepEqual(server.sent, []);
		assert.deepEqual(types(), ['open', 'message']);
	});

	it('without any answer ends the connection, not the socket', async () => {
		const { socket, server, last } = await opened();
		server.bufferedAmount = 17;
		await pass(29_000);
		assert.equal(socket.readyState, KeepaliveWebSocket.OPEN);
		await pass(1000);
		assert.equal(last('reconnecting').detail.reason, 'keepalive ping timeout');
		assert.equal(last('reconnecting').detail.unsentBytes, 17);
		assert.deepEqual(server.closedWith, { code: 3008, reason: 'keepalive ping timeout' });
		await pass(500);
		assert.equal(FakeWebSocket.all.length, 2);
		server.serverSends('late');
		server.serverCloses(1006);
		assert.equal(last('message'), undefined);
		FakeWebSocket.last.serverOpens();
		assert.equal(socket.readyState, KeepaliveWebSocket.OPEN);
	});

	it('is answered by any message', async () => {
		const { server, types } = await opened();
		await pass(25_000);
		server.serverSends('news');
		await pass(19_000);
		assert.deepEqual(types(), ['open', 'message']);
	});
});

describe('a wake-up', () => {
	for (const [name, wake] of Object.entries({
		online: () => dispatchEvent(new Event('online')),
		pageshow: () => dispatchEvent(new Event('pageshow')),
		visibilitychange: () => document.dispatchEvent(new Event('visibilitychange'))
	})) {
		it(`by ${name} pings at once`, async () => {
			const { server } = await opened();
			await pass(1500);
			wake();
			assert.deepEqual(server.sent, ['ping?']);
			wake();
			assert.deepEqual(server.sent, ['ping?']);
		});
	}

	it('by a gap in the timer pings at once', async () => {
		const { server } = await opened();
		await sleep(6000);
		assert.deepEqual(server.sent, ['ping?']);
	});

	it('after a night finds a dead connection within the timeout', async () => {
		const { types } = await opened();
		await sleep(8 * 3_600_000);
		await pass(10_000);
		assert.deepEqual(types(), ['open', 'reconnecting']);
	});
});

describe('a connection is not taken for dead', () => {
	it('because the computer slept with a ping under way', async () => {
		const { server, types } = await opened();
		await pass(21_000);
		await sleep(8 * 3_600_000);
		await pass(3000);
		assert.deepEqual(types(), ['open']);
		server.serverSends('pong!');
		await pass(15_000);
		assert.deepEqual(types(), ['open']);
	});

	it('because the timers of a tab in the background are throttled to a minute', async () => {
		const { server, types } = await opened();
		for (let i = 0, answered = 0; i < 60; i++) {
			await throttledMinute(() => {
				if (server.sent.length > answered) {
					answered = server.sent.length;
					server.serverSends('pong!');
				}
			});
		}
		assert.ok(server.sent.length >= 50, `${server.sent.length} pings in an hour`);
		assert.deepEqual(types(), ['open']);
	});

	it('because the clock is set', async () => {
		const { server, types } = await opened();
		await sleep(365 * 86_400_000);
		server.serverSends('pong!');
		await pass(15_000);
		assert.deepEqual(types(), ['open']);
	});
});

describe('a connection is taken for dead', () => {
	it('in a throttled tab, some minutes later', async () => {
		const { types } = await opened();
		for (let i = 0; i < 5; i++) {
			await throttledMinute();
		}
		assert.equal(types()[1], 'reconnecting');
	});
});

describe('a handshake is not given up', () => {
	it('because the computer slept', async () => {
		const socket = new KeepaliveWebSocket('wss://example.test/ws');
		const { types } = record(socket);
		await settle();
		await sleep(60_000);
		assert.deepEqual(types(), []);
		FakeWebSocket.last.serverOpens();
		assert.deepEqual(types(), ['open']);
	});
});
