import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { FakeWebSocket, newPageOfStreams, pass, settle } from './environment.js';

const URL = 'wss://example.test/ws/rows';

let KeepaliveStreams;

beforeEach(async () => {
	({ KeepaliveStreams } = await newPageOfStreams());
});

async function connected(options) {
	const streams = new KeepaliveStreams(URL, { random: () => 1, backoff: { max: 500 }, ...options });
	await settle();
	FakeWebSocket.last.serverOpens('resumable.v1.json');
	return streams;
}

async function reconnected() {
	FakeWebSocket.last.serverCloses(1006);
	await pass(500);
	FakeWebSocket.last.serverOpens('resumable.v1.json');
}

/** What the server has been sent on the present connection, and what it has not been asked for yet. */
const frames = (type) => FakeWebSocket.last.sent.map((text) => JSON.parse(text)).filter((frame) => frame.type === type);

async function server(type, fields) {
	FakeWebSocket.last.serverSends(JSON.stringify({ type, stream: 's1', ...fields }));
	await settle();
}

const opened = (fields) => server('opened', { epoch: 'e', offset: 0, recovered: false, missing: 0, ...fields });
const resumed = (offset) => opened({ offset, recovered: true });
const batch = (offset, ...items) => server('batch', { offset, items });

/** Reads all rows at once, and tells how that went. */
function read(stream) {
	const reader = { rows: [], error: null, done: false };
	reader.finished = (async () => {
		try {
			for await (const row of stream) {
				reader.rows.push(row);
			}
			reader.done = true;
		} catch (error) {
			reader.error = error;
		}
	})();
	return reader;
}

/** Reads row by row. */
function step(stream) {
	const rows = stream[Symbol.asyncIterator]();
	return async () => (await rows.next()).value;
}

describe('a stream', () => {
	it('is asked for by the subprotocol for JSON, on a connection of its own', async () => {
		await connected();
		assert.deepEqual(FakeWebSocket.last.protocols, ['resumable.v1.json']);
	});

	it('is opened with what it is given', async () => {
		const streams = await connected();
		streams.open('trades', { request: { symbol: 'ABC' }, window: 4, from: { epoch: 'e', offset: 7 } });
		assert.deepEqual(frames('open'), [{ type: 'open', stream: 's1', source: 'trades', request: { symbol: 'ABC' }, window: 4,
			from: { epoch: 'e', offset: 7 } }]);
	});

	it('that is asked for before there is a connection is opened once there is one', async () => {
		const streams = new KeepaliveStreams(URL);
		streams.open('trades');
		await settle();
		FakeWebSocket.last.serverOpens('resumable.v1.json');
		assert.deepEqual(frames('open'), [{ type: 'open', stream: 's1', source: 'trades', request: {}, window: 8 }]);
	});

	it('hands rows over in order, and ends', async () => {
		const reader = read((await connected()).open('trades'));
		await opened();
		await batch(0, 'a', 'b');
		await batch(2, 'c');
		assert.equal(reader.done, false);
		await server('end', { offset: 3 });
		assert.deepEqual(reader.rows, ['a', 'b', 'c']);
		assert.equal(reader.done, true);
	});

	it('shares its connection with others, which do not disturb it', async () => {
		const streams = await connected();
		const [one, other] = [read(streams.open('trades')), read(streams.open('prices'))];
		await opened();
		await opened({ stream: 's2' });
		await server('error', { stream: 's2', code: 'source-failed', message: 'The source failed.' });
		await server('news', {});
		await server('batch', { stream: 's3', offset: 0, items: ['x'] });
		await batch(0, 'a');
		assert.deepEqual(one.rows, ['a']);
		assert.equal(other.error.code, 'source-failed');
		assert.equal(FakeWebSocket.all.length, 1);
	});

	it('pings by the protocol', async () => {
		await connected();
		await pass(21_000);
		assert.equal(frames('ping').length, 1);
		await server('pong', { stream: undefined });
		await pass(15_000);
		assert.equal(FakeWebSocket.last.closedWith, null);
	});
});

describe('an acknowledgement', () => {
	it('is sent when the loop asks for more than a batch, not when the batch arrives', async () => {
		const next = step((await connected()).open('trades'));
		next();
		await opened();
		await batch(0, 'a', 'b');
		await batch(2, 'c');
		assert.equal(await next(), 'b');
		assert.deepEqual(frames('ack'), []);
		assert.equal(await next(), 'c');
		assert.deepEqual(frames('ack'), [{ type: 'ack', stream: 's1', offset: 2 }]);
	});

	it('is not sent for rows of a connection before', async () => {
		const next = step((await connected()).open('trades'));
		next();
		await opened();
		await batch(0, 'a');
		await batch(1, 'b');
		await reconnected();
		await resumed(2);
		await batch(2, 'c');
		assert.equal(await next(), 'b');
		assert.equal(await next(), 'c');
		assert.deepEqual(frames('ack'), []);
		next();
		await settle();
		assert.deepEqual(frames('ack').map(({ offset }) => offset), [3]);
	});

	it('that crossed a new numbering does no harm', async () => {
		const reader = read((await connected()).open('trades', { onGap: () => {} }));
		await opened();
		await batch(0, 'a');
		await server('error', { code: 'bad-offset', message: 'Never sent.' });
		await batch(1, 'b');
		assert.deepEqual(reader.rows, ['a', 'b']);
	});
});

describe('after a reconnect a stream', () => {
	it('continues with the row that is to arrive next', async () => {
		const reader = read((await connected()).open('trades'));
		await opened();
		await batch(0, 'a', 'b');
		await reconnected();
		assert.deepEqual(frames('open').map(({ stream, from }) => [stream, from]), [['s1', { epoch: 'e', offset: 2 }]]);
		await resumed(2);
		await batch(2, 'c');
		assert.deepEqual(reader.rows, ['a', 'b', 'c']);
	});

	it('begins again if it had not begun', async () => {
		const reader = read((await connected()).open('trades'));
		await reconnected();
		assert.equal(frames('open')[0].from, undefined);
		await opened();
		await batch(0, 'a');
		assert.deepEqual(reader.rows, ['a']);
	});

	it('drops rows that it had', async () => {
		const reader = read((await connected()).open('trades'));
		await opened();
		await batch(0, 'a', 'b');
		await reconnected();
		await opened();
		await batch(0, 'a');
		await batch(1, 'b', 'c');
		assert.deepEqual(reader.rows, ['a', 'b', 'c']);
	});

	it('is not opened while a whole window waits for the loop', async () => {
		const next = step((await connected()).open('trades', { window: 2 }));
		const first = next();
		await opened();
		await batch(0, 'a');
		assert.equal(await first, 'a');
		await batch(1, 'b');
		await batch(2, 'c');
		await reconnected();
		assert.deepEqual(frames('open'), []);
		assert.equal(await next(), 'b');
		assert.deepEqual(frames('open').map(({ from }) => from.offset), [3]);
	});

	it('is not opened once it has ended', async () => {
		const streams = await connected();
		const [ended, cancelled] = [streams.open('trades'), streams.open('trades')];
		await opened();
		await server('end', { offset: 0 });
		cancelled.cancel();
		await reconnected();
		assert.deepEqual(frames('open'), []);
		assert.equal((await ended[Symbol.asyncIterator]().next()).done, true);
	});

	it('has every row once, wherever the connection is cut', async () => {
		const rows = Array.from({ length: 2000 }, (_, i) => i);
		const reader = read((await connected()).open('trades'));
		let random = 7;
		const draw = (bound) => (random = (random * 48_271) % 2_147_483_647) % bound;
		while (!reader.done) {
			const [{ from }] = frames('open');
			let offset = from ? Math.max(0, from.offset - draw(3)) : 0;
			await opened({ offset, recovered: true });
			for (let batches = draw(6); batches > 0 && offset < rows.length; batches--) {
				const items = rows.slice(offset, offset + 1 + draw(20));
				await batch(offset, ...items);
				offset += items.length;
			}
			if (offset === rows.length && draw(2) === 0) {
				await server('end', { offset });
			}
			await reconnected();
		}
		assert.deepEqual(reader.rows, rows);
	});
});

describe('rows that are missing', () => {
	it('fail the loop where they would have been, and cancel the stream', async () => {
		const reader = read((await connected()).open('prices'));
		await opened();
		await batch(0, 'a');
		await reconnected();
		await opened({ offset: 5, missing: 4 });
		await batch(5, 'f');
		assert.deepEqual(reader.rows, ['a']);
		assert.deepEqual([reader.error.name, reader.error.code, reader.error.missing], ['StreamError', 'gap', 4]);
		assert.deepEqual(reader.error.position, { epoch: 'e', offset: 5 });
		assert.equal(frames('cancel').length, 1);
	});

	it('are told to onGap, and the loop goes on', async () => {
		const seen = [];
		const stream = (await connected()).open('prices', { onGap: (gap) => seen.push(gap) });
		const rows = (async () => {
			for await (const row of stream) {
				seen.push(row);
			}
		})();
		await opened();
		await batch(0, 'a');
		await opened({ offset: 5, missing: 4 });
		await batch(5, 'f');
		await opened({ epoch: 'another', offset: 2, missing: undefined });
		await batch(2, 'c');
		await server('end', { offset: 3 });
		await rows;
		assert.deepEqual(seen, ['a', { missing: 4, position: { epoch: 'e', offset: 5 } }, 'f',
			{ missing: undefined, position: { epoch: 'another', offset: 2 } }, 'c']);
	});

	it('are waited for by the loop while onGap is busy, and acknowledged after that', async () => {
		let decide;
		const onGap = () => new Promise((resolve) => {
			decide = resolve;
		});
		const reader = read((await connected()).open('prices', { onGap }));
		await opened();
		await opened({ offset: 5, missing: 5 });
		await batch(5, 'f');
		assert.deepEqual([reader.rows, frames('ack')], [[], []]);
		decide();
		await settle();
		assert.deepEqual([reader.rows, frames('ack').map(({ offset }) => offset)], [['f'], [5, 6]]);
	});

	it('are noticed although the server does not tell', async () => {
		const reader = read((await connected()).open('prices'));
		await opened();
		await batch(0, 'a');
		await batch(3, 'd');
		assert.deepEqual([reader.rows, reader.error.code, reader.error.missing], [['a'], 'gap', 2]);
	});

	it('are noticed before the end too', async () => {
		const reader = read((await connected()).open('prices'));
		await opened();
		await batch(0, 'a');
		await server('end', { offset: 4 });
		assert.deepEqual([reader.rows, reader.error.code, reader.error.missing], [['a'], 'gap', 3]);
	});

	it('are counted by offsets, whatever the server says', async () => {
		for (const said of [{ recovered: true, missing: 0 }, { recovered: false, missing: 0 }]) {
			const reader = read((await connected()).open('prices', { from: { epoch: 'e', offset: 3 } }));
			await opened({ offset: 7, ...said });
			await batch(7, 'h');
			assert.deepEqual([reader.rows, reader.error.code, reader.error.missing], [[], 'gap', 4]);
		}
	});

	it('are none if the server is behind in the same epoch, whatever it says', async () => {
		for (const said of [{ recovered: true, missing: 0 }, { missing: 0 }, { missing: 2 }, { missing: undefined }]) {
			({ KeepaliveStreams } = await newPageOfStreams());
			const stream = (await connected()).open('prices', { from: { epoch: 'e', offset: 3 } });
			const reader = read(stream);
			await opened({ offset: 1, ...said });
			await batch(1, 'b');
			assert.deepEqual(frames('ack').map(({ offset }) => offset), [2]);
			await batch(2, 'c', 'd');
			assert.deepEqual([reader.rows, reader.error], [['d'], null]);
			assert.deepEqual(stream.position, { epoch: 'e', offset: 4 });
			assert.deepEqual(frames('ack').map(({ offset }) => offset), [2, 4]);
		}
	});

	it('are told once if the server is ahead in the same epoch', async () => {
		const gaps = [];
		const reader = read((await connected()).open('prices', { onGap: ({ missing }) => gaps.push(missing) }));
		await opened();
		await batch(0, 'a');
		await opened({ offset: 5, missing: undefined });
		await batch(5, 'f');
		assert.deepEqual([reader.rows, gaps], [['a', 'f'], [4]]);
	});

	it('are unknown if `missing` is null', async () => {
		const reader = read((await connected()).open('prices', { from: { epoch: 'old', offset: 9 } }));
		await opened({ epoch: 'new', missing: null });
		assert.deepEqual([reader.error.code, reader.error.missing], ['gap', undefined]);
	});

	it('are unknown if the server says that it has recovered another epoch', async () => {
		const reader = read((await connected()).open('prices', { from: { epoch: 'old', offset: 9 } }));
		await opened({ epoch: 'new', offset: 9, recovered: true, missing: 0 });
		assert.deepEqual([reader.error.code, reader.error.missing], ['gap', undefined]);
	});

	it('are told of a position that was stored too', async () => {
		const reader = read((await connected()).open('prices', { from: { epoch: 'old', offset: 9 } }));
		await opened({ epoch: 'new', missing: undefined });
		assert.deepEqual([reader.error.code, reader.error.missing], ['gap', undefined]);
	});
});

describe('the position', () => {
	it('is after the row that was handed over last', async () => {
		const stream = (await connected()).open('trades');
		assert.equal(stream.position, undefined);
		const next = step(stream);
		const first = next();
		await opened({ offset: 3 });
		await batch(3, 'd', 'e');
		await first;
		assert.deepEqual(stream.position, { epoch: 'e', offset: 4 });
		await next();
		assert.deepEqual(stream.position, { epoch: 'e', offset: 5 });
	});

	it('is the one that was stored until there is another', async () => {
		const from = { epoch: 'e', offset: 3 };
		assert.deepEqual((await connected()).open('trades', { from }).position, from);
	});
});

describe('a stream ends', () => {
	it('with an error of the server, after the rows that came before it', async () => {
		const stream = (await connected()).open('trades');
		await opened();
		await batch(0, 'a');
		await server('error', { code: 'rejected', message: 'Not for you.' });
		const reader = read(stream);
		await reader.finished;
		assert.deepEqual([reader.rows, reader.error.code, reader.error.message], [['a'], 'rejected', 'Not for you.']);
		assert.deepEqual(frames('cancel'), []);
	});

	it('when the server sends more than the window, and the server is told', async () => {
		const stream = (await connected()).open('trades', { window: 2 });
		await opened();
		await batch(0, 'a');
		await batch(1, 'b');
		assert.deepEqual(frames('cancel'), []);
		await batch(2, 'c');
		const reader = read(stream);
		await reader.finished;
		assert.deepEqual([reader.rows, reader.error.code], [['a', 'b'], 'window-exceeded']);
		assert.equal(frames('cancel').length, 1);
	});

	it('neither by a batch without rows nor by a confirmed cancel', async () => {
		const reader = read((await connected()).open('trades', { window: 1 }));
		await opened({ window: 1 });
		for (let i = 0; i < 5; i++) {
			await batch(0);
		}
		await server('cancelled', {});
		await server('cancelled', { stream: 's9', ref: 'r' });
		await batch(0, 'a');
		await server('end', { offset: 1 });
		assert.deepEqual([reader.rows, reader.error, frames('ack').length], [['a'], null, 1]);
	});

	it('by no error that leaves it open on the server', async () => {
		const reader = read((await connected()).open('trades'));
		await opened();
		await server('error', { code: 'bad-frame', message: 'Not that one.' });
		await server('error', { code: 'stream-exists', message: 'It is open.' });
		await batch(0, 'a');
		await server('end', { offset: 1 });
		assert.deepEqual([reader.rows, reader.error], [['a'], null]);
	});

	it('when the loop is left, and the server is told', async () => {
		const stream = (await connected()).open('trades');
		await opened();
		await batch(0, 'a', 'b');
		for await (const row of stream) {
			assert.equal(row, 'a');
			break;
		}
		assert.deepEqual(frames('cancel'), [{ type: 'cancel', stream: 's1' }]);
		assert.deepEqual(frames('ack'), []);
	});

	it('when it is cancelled, also while the loop waits or has rows left', async () => {
		const streams = await connected();
		const [waiting, busy] = [streams.open('trades'), streams.open('trades')];
		const reader = read(waiting);
		const next = step(busy);
		const first = next();
		await opened({ stream: 's2' });
		await server('batch', { stream: 's2', offset: 0, items: ['a', 'b'] });
		await first;
		waiting.cancel();
		busy.cancel();
		await reader.finished;
		assert.equal(reader.done, true);
		assert.equal(await next(), undefined);
		assert.deepEqual(frames('cancel').map(({ stream }) => stream), ['s1', 's2']);
	});

	it('when the connection does not come back', async () => {
		const streams = await connected();
		const reader = read(streams.open('trades'));
		FakeWebSocket.last.serverCloses(1008, 'no');
		await settle();
		assert.deepEqual([reader.error.code, reader.error.close], ['closed', { code: 1008, reason: 'no', wasClean: true }]);
		const late = read(streams.open('trades'));
		await late.finished;
		assert.equal(late.error.code, 'closed');
	});

	it('when the page closes the connection', async () => {
		const streams = await connected();
		const reader = read(streams.open('trades'));
		streams.close();
		FakeWebSocket.last.serverCloses(1000);
		await settle();
		assert.equal(reader.error.code, 'closed');
	});

	it('when the server speaks another language', async () => {
		const reader = read((await connected()).open('trades'));
		FakeWebSocket.last.serverSends('hello');
		await settle();
		assert.equal(reader.error.code, 'bad-frame');
	});
});

describe('options', () => {
	it('that are undefined count as left out', async () => {
		const streams = await connected({ protocols: undefined, ping: undefined, shared: undefined });
		assert.deepEqual(FakeWebSocket.last.protocols, ['resumable.v1.json']);
		streams.open('trades', { request: undefined, window: undefined, from: undefined, onGap: undefined });
		assert.deepEqual(frames('open').map(({ window, request }) => [window, request]), [[8, {}]]);
		await pass(20_000);
		assert.equal(frames('ping').length, 1);
	});

	it('that make no sense are refused', async () => {
		assert.throws(() => new KeepaliveStreams(URL, { shared: true }), /cannot be shared/);
		const streams = await connected();
		assert.throws(() => streams.open('trades', { form: null }), /Unknown options: form/);
		assert.throws(() => streams.open('trades', { window: 0 }), /window must be/);
	});
});
