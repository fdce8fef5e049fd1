import assert from 'node:assert/strict';
import { beforeEach, describe, it, mock } from 'node:test';

import { FakeWebSocket, newPage, pass, record, settle, sleep } from './environment.js';
import { backoffDelay, isFinal, reconnectAfter } from '../websocket-keepalive.js';

const URL = 'wss://example.test/ws';

async function opened(options, url = URL) {
	const socket = new KeepaliveWebSocket(url, options);
	const recorded = record(socket);
	await settle();
	FakeWebSocket.last.serverOpens();
	return { socket, ...recorded };
}

let KeepaliveWebSocket;

beforeEach(async () => {
	({ KeepaliveWebSocket } = await newPage());
});

describe('the backoff', () => {
	const backoff = { min: 500, max: 30_000, floor: 100 };

	it('doubles up to its cap, and jitters after that', () => {
		const delays = [0, 1, 2, 5, 6, 7, 100].map((attempt) => backoffDelay(backoff, attempt, () => 1));
		assert.deepEqual(delays, [500, 1000, 2000, 16_000, 30_000, 30_000, 30_000]);
	});

	it('is never below its floor, which is half of the ceiling at most', () => {
		assert.equal(backoffDelay(backoff, 7, () => 0), 100);
		assert.equal(backoffDelay({ min: 50, max: 50, floor: 100 }, 0, () => 0), 25);
	});

	it('is uniform between floor and ceiling', () => {
		assert.equal(backoffDelay(backoff, 3, () => 0.5), 100 + 0.5 * 3900);
	});

	it('is what a socket waits for, to the millisecond', async () => {
		const { socket, told } = await opened({ random: () => 0.5 });
		for (const expected of [300, 550, 1050, 2050, 4050, 8050, 15_050, 15_050]) {
			FakeWebSocket.last.serverCloses(1006);
			assert.equal(told.at(-1).detail.delay, expected);
			const { length } = FakeWebSocket.all;
			await pass(expected - 1);
			assert.equal(FakeWebSocket.all.length, length);
			await pass(1);
			assert.equal(FakeWebSocket.all.length, length + 1);
		}
		socket.close();
	});

	it('goes on where a connection was not stable', async () => {
		const { told } = await opened({ random: () => 1 });
		FakeWebSocket.last.serverCloses(1006);
		await pass(500);
		FakeWebSocket.last.serverOpens();
		await pass(20_000);
		FakeWebSocket.last.serverCloses(1006);
		assert.equal(told.at(-1).detail.delay, 1000);
	});

	it('starts anew after a stable connection', async () => {
		const { told } = await opened({ random: () => 1 });
		FakeWebSocket.last.serverCloses(1006);
		await pass(500);
		FakeWebSocket.last.serverOpens();
		await pass(31_000);
		FakeWebSocket.last.serverCloses(1006);
		assert.deepEqual(told.at(-1).detail,
			{ code: 1006, reason: '', wasClean: false, attempt: 1, delay: 500, unsentBytes: 0 });
	});

	it('keeps a server that accepts and drops at once from being hammered', async () => {
		await opened({ random: () => 1 });
		FakeWebSocket.last.serverCloses(1001);
		for (let second = 0; second < 120; second += 0.1) {
			if (FakeWebSocket.last.readyState === 0) {
				FakeWebSocket.last.serverOpens();
				FakeWebSocket.last.serverCloses(1001);
			}
			await pass(100);
		}
		assert.equal(FakeWebSocket.all.length, 9);
	});
});

describe('the close codes', () => {
	it('that are final', () => {
		const final = [1000, 1003, 1007, 1008, 1009, 1010, 3500, 3999, 4500, 4999];
		const others = [1001, 1002, 1005, 1006, 1011, 1012, 1013, 1014, 1015, 3000, 3499, 4000, 4499];
		assert.deepEqual(final.filter(isFinal), final);
		assert.deepEqual(others.filter(isFinal), []);
	});

	for (const code of [1001, 1002, 1005, 1006, 1011, 1012, 1013, 1014, 1015, 3000, 3008, 4000]) {
		it(`bring it back: ${code}`, async () => {
			const { socket, types } = await opened();
			FakeWebSocket.last.serverCloses(code);
			assert.equal(socket.readyState, KeepaliveWebSocket.CONNECTING);
			await pass(500);
			FakeWebSocket.last.serverOpens();
			assert.equal(socket.readyState, KeepaliveWebSocket.OPEN);
			assert.deepEqual(types(), ['open', 'reconnecting', 'open', 'reconnected']);
		});
	}

	for (const code of [1000, 1003, 1007, 1008, 1009, 1010, 3500, 4500]) {
		it(`end it: ${code}`, async () => {
			const { socket, types, last } = await opened();
			FakeWebSocket.last.serverCloses(code, 'because');
			await pass(60_000);
			assert.equal(FakeWebSocket.all.length, 1);
			assert.equal(socket.readyState, KeepaliveWebSocket.CLOSED);
			assert.deepEqual(types(), ['open', 'close']);
			assert.equal(last('close').code, code);
			assert.equal(last('close').reason, 'because');
		});
	}

	/** A server behind a gateway: it is accepted, and closed. Returns how often before the socket ends, at most `times`. */
	async function closes(socket, code, times) {
		for (let i = 0; i < times; i++) {
			if (FakeWebSocket.last.readyState === KeepaliveWebSocket.CONNECTING) {
				FakeWebSocket.last.serverOpens();
			}
			FakeWebSocket.last.serverCloses(code);
			if (socket.readyState === KeepaliveWebSocket.CLOSED) {
				return i + 1;
			}
			await pass(30_000);
		}
		return times;
	}

	it('end it when 1002 comes twenty times in a row', async () => {
		const { socket, types, last } = await opened({ handshakeTimeout: 60_000 });
		assert.equal(await closes(socket, 1002, 100), 20);
		assert.equal(types().at(-1), 'close');
		assert.equal(last('close').code, 1002);
	});

	it('bring it back after 1002 as long as another end comes between', async () => {
		const { socket } = await opened({ handshakeTimeout: 60_000 });
		for (const code of [1006, 1012, 1006]) {
			assert.equal(await closes(socket, 1002, 19), 19);
			assert.equal(await closes(socket, code, 1), 1);
		}
		assert.equal(await closes(socket, 1002, 100), 20);
	});

	it('bring it back after 1002 as long as a connection has worked between', async () => {
		const { socket } = await opened({ handshakeTimeout: 60_000 });
		for (let i = 0; i < 3; i++) {
			assert.equal(await closes(socket, 1002, 19), 19);
			FakeWebSocket.last.serverOpens();
			await pass(31_000);
		}
		assert.equal(await closes(socket, 1002, 100), 20);
	});

	it('bring it back after 1002 for ever if the page says so', async () => {
		const { socket } = await opened({ handshakeTimeout: 60_000, retry: ({ code }) => code === 1002 || undefined });
		assert.equal(await closes(socket, 1002, 50), 50);
	});

	it('can be judged by the page', async () => {
		const retry = ({ code }) => code === 1008 ? true : code === 1001 ? false : undefined;
		const { types } = await opened({ retry });
		FakeWebSocket.last.serverCloses(1008);
		assert.equal(types().at(-1), 'reconnecting');
		await pass(500);
		FakeWebSocket.last.serverOpens();
		FakeWebSocket.last.serverCloses(1001);
		assert.equal(types().at(-1), 'close');
	});
});

describe('reconnect-after', () => {
	it('is read from a close reason', () => {
		assert.equal(reconnectAfter('reconnect-after=1500'), 1500);
		assert.equal(reconnectAfter('draining; reconnect-after=20'), 20);
		assert.equal(reconnectAfter('reconnect-after=99999999999'), 3_600_000);
		assert.equal(reconnectAfter('do-not-reconnect-after=5'), undefined);
		assert.equal(reconnectAfter('reconnect-after=0 (max age)'), 0);
		for (const text of ['soon', '5s', '1.5', '-5', '99999999999999999999']) {
			assert.equal(reconnectAfter(`reconnect-after=${text}`), undefined);
		}
		assert.equal(reconnectAfter(''), undefined);
	});

	it('is obeyed to the millisecond', async () => {
		const { told } = await opened();
		FakeWebSocket.last.serverCloses(1012, 'reconnect-after=7300');
		assert.equal(told.at(-1).detail.delay, 7300);
		await pass(7299);
		assert.equal(FakeWebSocket.all.length, 1);
		await pass(1);
		assert.equal(FakeWebSocket.all.length, 2);
	});

	it('is obeyed each time, unless it is shorter than the first backoff', async () => {
		const { told } = await opened({ random: () => 1 });
		for (const [asked, delay] of [[200, 200], [700, 700], [200, 2000], [700, 700]]) {
			FakeWebSocket.last.serverCloses(1012, `reconnect-after=${asked}`);
			assert.equal(told.at(-1).detail.delay, delay);
			await pass(delay);
			FakeWebSocket.last.serverOpens();
		}
	});

	it('is not cut short by a network that comes up', async () => {
		await opened();
		FakeWebSocket.last.serverCloses(1012, 'reconnect-after=7300');
		await pass(2000);
		dispatchEvent(new Event('online'));
		await pass(2000);
		assert.equal(FakeWebSocket.all.length, 1);
	});

	it('of zero does not make a hot loop', async () => {
		await opened({ random: () => 1 });
		FakeWebSocket.last.serverCloses(1012, 'reconnect-after=0');
		for (let second = 0; second < 60; second += 0.1) {
			if (FakeWebSocket.last.readyState === 0) {
				FakeWebSocket.last.serverOpens();
				FakeWebSocket.last.serverCloses(1012, 'reconnect-after=0');
			}
			await pass(100);
		}
		assert.equal(FakeWebSocket.all.length, 7);
	});
});

describe('a handshake', () => {
	it('that hangs is given up, and tried again', async () => {
		const socket = new KeepaliveWebSocket(URL, { random: () => 1 });
		const { told } = record(socket);
		await pass(9000);
		assert.equal(told.length, 0);
		await pass(1000);
		assert.equal(told[0].detail.reason, 'handshake timeout');
		await pass(500);
		assert.equal(FakeWebSocket.all.length, 2);
	});

	it('waits for its turn: four at a time', async () => {
		const sockets = Array.from({ length: 100 }, () => new KeepaliveWebSocket(URL));
		await settle();
		assert.equal(FakeWebSocket.all.length, 4);
		for (let i = 0; i < 100; i++) {
			FakeWebSocket.all[i].serverOpens();
			await settle();
			assert.equal(FakeWebSocket.all.length, Math.min(i + 5, 100));
		}
		assert.ok(sockets.every((socket) => socket.readyState === 1));
		assert.ok(FakeWebSocket.all.every(({ closedWith }) => closedWith === null));
	});

	it('does not wait for one that timed out, failed or was withdrawn', async () => {
		const sockets = Array.from({ length: 12 }, () => new KeepaliveWebSocket(URL, { maxAttempts: 1 }));
		await pass(10_000);
		assert.equal(FakeWebSocket.all.length, 8);
		FakeWebSocket.all[4].serverCloses(1006);
		await settle();
		assert.equal(FakeWebSocket.all.length, 9);
		sockets[9].close();
		sockets[10].close();
		FakeWebSocket.all[5].serverOpens();
		FakeWebSocket.all[6].serverOpens();
		await settle();
		assert.equal(FakeWebSocket.all.length, 10);
	});

	it('is not started more often than maxHandshakes says', async () => {
		KeepaliveWebSocket.maxHandshakes = 1;
		try {
			Array.from({ length: 3 }, () => new KeepaliveWebSocket(URL));
			await settle();
			assert.equal(FakeWebSocket.all.length, 1);
			assert.throws(() => {
				KeepaliveWebSocket.maxHandshakes = 0;
			}, RangeError);
		} finally {
			FakeWebSocket.last.serverOpens();
			KeepaliveWebSocket.maxHandshakes = 4;
		}
	});

	it('asks for its URL each time', async () => {
		let token = 0;
		const url = async () => `wss://example.test/ws?token=${++token}`;
		const { socket } = await opened({}, url);
		assert.equal(socket.url, 'wss://example.test/ws?token=1');
		FakeWebSocket.last.serverCloses(1006);
		await pass(500);
		FakeWebSocket.last.serverOpens();
		assert.equal(socket.url, 'wss://example.test/ws?token=2');
	});

	it('that succeeds tells how many it took', async () => {
		const { last } = await opened({ random: () => 1 });
		for (const attempts of [2, 1]) {
			for (let i = 0; i < attempts; i++) {
				FakeWebSocket.last.serverCloses(1006);
				await pass(4000);
			}
			FakeWebSocket.last.serverOpens();
			assert.equal(last('reconnected').detail.attempts, attempts);
		}
	});

	it('has the same number before it and after it, however unstable the connections were', async () => {
		const { types, told } = await opened({ random: () => 1 });
		for (let lost = 0; lost < 7; lost++) {
			FakeWebSocket.last.serverCloses(1006);
			await pass(told.at(-1).detail.delay);
			FakeWebSocket.last.serverOpens();
		}
		FakeWebSocket.last.serverCloses(1006);
		await pass(told.at(-1).detail.delay);
		FakeWebSocket.last.serverCloses(1006);
		await pass(told.at(-1).detail.delay);
		FakeWebSocket.last.serverOpens();
		const numbers = told.map(({ type, detail }) => [type, detail?.attempt ?? detail?.attempts]);
		const outage = [['reconnecting', 1], ['open', undefined], ['reconnected', 1]];
		assert.deepEqual(numbers, [['open', undefined], ...Array(7).fill(outage).flat(),
			['reconnecting', 1], ['reconnecting', 2], ['open', undefined], ['reconnected', 2]]);
		assert.equal(types().at(-1), 'reconnected');
	});

	it('whose URL cannot be had is tried again', async () => {
		const url = mock.fn(() => Promise.reject(new Error('no token')));
		const socket = new KeepaliveWebSocket(url, { random: () => 1 });
		const { told } = record(socket);
		await settle();
		assert.equal(told[0].detail.reason, 'no URL: no token');
		await pass(500);
		assert.equal(url.mock.callCount(), 2);
	});

	it('whose URL does not come is given up', async () => {
		const socket = new KeepaliveWebSocket(() => new Promise(() => {}));
		const { told } = record(socket);
		await pass(10_000);
		assert.equal(told[0].detail.reason, 'handshake timeout');
	});

	it('whose URL comes too late is not started', async () => {
		let answer;
		new KeepaliveWebSocket(() => new Promise((resolve) => {
			answer ??= resolve;
		}), { random: () => 1 });
		await pass(10_100);
		answer(URL);
		await pass(100);
		assert.equal(FakeWebSocket.all.length, 0);
	});

	it('that the browser refuses is the last one', async () => {
		FakeWebSocket.refuse = new DOMException('An insecure connection may not be opened', 'SecurityError');
		const socket = new KeepaliveWebSocket(URL);
		const { types, last } = record(socket);
		await pass(60_000);
		assert.deepEqual(types(), ['error', 'close']);
		assert.match(last('close').reason, /insecure/);
	});

	it('is tried as often as maxAttempts says', async () => {
		const socket = new KeepaliveWebSocket(URL, { maxAttempts: 2 });
		const { types } = record(socket);
		for (let i = 0; i < 3; i++) {
			await pass(1000);
			FakeWebSocket.last.serverCloses(1006);
		}
		assert.deepEqual(types(), ['reconnecting', 'reconnecting', 'error', 'close']);
	});
});

describe('a wake-up', () => {
	for (const wake of [
		{ name: 'online', by: () => dispatchEvent(new Event('online')) },
		{ name: 'pageshow', by: () => dispatchEvent(new Event('pageshow')) },
		{ name: 'visibilitychange', by: () => document.dispatchEvent(new Event('visibilitychange')) }
	]) {
		it(`by ${wake.name} connects at once`, async () => {
			await opened({ random: () => 1, backoff: { min: 10_000 } });
			FakeWebSocket.last.serverCloses(1006);
			await pass(10_000);
			FakeWebSocket.last.serverCloses(1006);
			await pass(11_000);
			assert.equal(FakeWebSocket.all.length, 2);
			wake.by();
			await pass(1);
			assert.equal(FakeWebSocket.all.length, 3);
		});
	}

	it('by a gap in its own timer connects at once', async () => {
		const { socket } = await opened({ random: () => 1, backoff: { min: 500_000, max: 500_000 } });
		FakeWebSocket.last.serverCloses(1006);
		await sleep(200_000);
		await pass(300_000);
		assert.equal(FakeWebSocket.all.length, 2);
		FakeWebSocket.last.serverCloses(1006);
		await pass(100_000);
		await sleep(390_000);
		await pass(10_000);
		assert.equal(FakeWebSocket.all.length, 3);
		socket.close();
	});

	it('does not dial more often than the first backoff, whatever happens', async () => {
		await opened({ random: () => 1 });
		for (let i = 0; i < 100; i++) {
			if (FakeWebSocket.last.readyState < 2) {
				FakeWebSocket.last.serverCloses(1006);
			}
			dispatchEvent(new Event('online'));
			await pass(100);
		}
		assert.ok(FakeWebSocket.all.length <= 21, `${FakeWebSocket.all.length} handshakes`);
	});

	it('is none while the page becomes hidden', async () => {
		await opened({ random: () => 1, backoff: { min: 10_000 } });
		FakeWebSocket.last.serverCloses(1006);
		await pass(10_000);
		FakeWebSocket.last.serverCloses(1006);
		await pass(11_000);
		document.visibilityState = 'hidden';
		document.dispatchEvent(new Event('visibilitychange'));
		await pass(1);
		assert.equal(FakeWebSocket.all.length, 2);
	});
});
