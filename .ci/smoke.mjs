// Talks to the sample application as its users do: node smoke.mjs <jar of the sample>
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const WebSocket = (await import('ws')).default;
const self = fileURLToPath(import.meta.url);

if (process.argv[2] === 'sit') {
	// A peer that is stopped later: it says when it is connected, and nothing more.
	const socket = new WebSocket(process.argv[3]);
	await once(socket, 'open');
	console.log('connected');
} else {
	await smoke(process.argv[2]);
}

async function smoke(jar) {
	const server = spawn('java', ['-jar', jar, '--server.port=0', '--websocket-keepalive.heartbeat.interval=1s',
		'--websocket-keepalive.heartbeat.timeout=1s', '--websocket-keepalive.drain.grace=500ms',
		'--websocket-keepalive.drain.window=1s'], { stdio: ['ignore', 'pipe', 'inherit'] });
	const log = watch(server.stdout);
	let sleeper;
	try {
		const [, port] = await log.line(/Netty started on port (\d+)/);
		const url = `ws://127.0.0.1:${port}/ws/echo`;

		const socket = new WebSocket(url);
		let pings = 0;
		socket.on('ping', () => pings++);
		await once(socket, 'open');
		socket.send('hello');
		const [echo] = await once(socket, 'message');
		assert.equal(echo.toString(), 'hello');
		console.log('ok: /ws/echo echoes');

		await streamRows(`ws://127.0.0.1:${port}/ws/rows`);

		sleeper = spawn(process.execPath, [self, 'sit', url], { stdio: ['ignore', 'pipe', 'inherit'] });
		await watch(sleeper.stdout).line(/connected/);
		sleeper.kill('SIGSTOP');
		const [line] = await log.line(/closed: .*cause=ping-timeout code=1011/);
		console.log('ok: a stopped client is freed:', line);

		while (pings < 5) {
			await once(socket, 'ping');
		}
		assert.equal(socket.readyState, WebSocket.OPEN);
		console.log(`ok: a live client beside it was pinged ${pings} times and is open`);

		const stopped = once(server, 'exit');
		server.kill('SIGTERM');
		const [code, reason] = await once(socket, 'close');
		assert.equal(code, 1012);
		assert.match(reason.toString(), /^reconnect-after=\d+$/);
		await stopped;
		console.log(`ok: a shutdown sends it away with ${code} ${reason}`);
	} finally {
		sleeper?.kill('SIGKILL');
		server.kill('SIGTERM');
	}
}

// Reads rows, leaves with some unacknowledged, and comes back for the rest.
async function streamRows(url) {
	const rows = [];
	let position;
	const read = async (from, enough) => {
		const socket = new WebSocket(url, 'resumable.v1.json');
		await once(socket, 'open');
		socket.send(JSON.stringify({ type: 'open', stream: 's1', source: 'trades', request: {}, window: 2, from }));
		for await (const [message] of on(socket, 'message')) {
			const frame = JSON.parse(message);
			assert.ok(['opened', 'batch', 'end'].includes(frame.type), message.toString());
			if (frame.type === 'opened') {
				assert.deepEqual([frame.offset, frame.recovered, frame.missing], [from?.offset ?? 0, from !== undefined, 0]);
				position = { epoch: frame.epoch, offset: frame.offset };
			} else if (frame.type === 'batch') {
				assert.equal(frame.offset, position.offset);
				rows.push(...frame.items.map(({ id }) => id));
				position.offset += frame.items.length;
				socket.send(JSON.stringify({ type: 'ack', stream: 's1', offset: position.offset }));
			}
			if (rows.length >= enough || frame.type === 'end') {
				socket.terminate();
				return frame;
			}
		}
	};
	await read(undefined, 5000);
	const cut = position;
	await read(cut, 10_000);
	assert.deepEqual(rows, Array.from(rows, (_, i) => i + 1));
	console.log(`ok: /ws/rows continues at ${cut.offset}: ${rows.length} rows, each once and in order`);
	const end = await read({ epoch: cut.epoch, offset: 999_900 }, Infinity);
	assert.deepEqual([end.type, end.offset, rows.at(-1)], ['end', 1_000_000, 1_000_000]);
	console.log('ok: /ws/rows ends with row 1000000');
}

// Waits for lines, those that came before the question included.
function watch(stream) {
	const lines = [];
	const waiting = new Set();
	createInterface({ input: stream }).on('line', (line) => {
		lines.push(line);
		waiting.forEach((look) => look(line));
	});
	return {
		line: (pattern) => new Promise((resolve) => {
			const earlier = lines.map((line) => pattern.exec(line)).find((match) => match);
			if (earlier) {
				resolve(earlier);
				return;
			}
			const look = (line) => {
				const match = pattern.exec(line);
				if (match) {
					waiting.delete(look);
					resolve(match);
				}
			};
			waiting.add(look);
		})
	};
}
