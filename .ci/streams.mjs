// Runs the example of docs/streams.md while the sample application is killed again and again:
// node streams.mjs <jar of the sample> <docs/streams.md> <python with websockets>
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [jar, page, python] = process.argv.slice(2);
const ROWS = 1_000_000;
const KILLS = [100_000, 400_000, 700_000];

const [, example] = /```python\n(.*?)```/s.exec(await readFile(page, 'utf8'));
const folder = await mkdtemp(join(tmpdir(), 'streams-'));
const started = [];

function run(command, ...args) {
	const process = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
	started.push(process);
	return process;
}

async function start(port) {
	const process = run('java', '-jar', jar, `--server.port=${port}`);
	for await (const line of createInterface({ input: process.stdout })) {
		const match = /Netty started on port (\d+)/.exec(line);
		if (match) {
			process.stdout.resume();
			return { process, port: Number(match[1]) };
		}
	}
	throw new Error('the sample ended');
}

try {
	await writeFile(join(folder, 'rows.py'), example);
	let server = await start(0);
	const kills = [...KILLS];
	let restarted = Promise.resolve();
	let expected = 0;
	const client = run(python, join(folder, 'rows.py'), `ws://127.0.0.1:${server.port}/ws/rows`, 'trades');
	const exited = once(client, 'exit');
	for await (const line of createInterface({ input: client.stdout })) {
		const { id } = JSON.parse(line);
		assert.equal(id, ++expected);
		if (id === kills[0]) {
			kills.shift();
			server.process.kill('SIGKILL');
			restarted = restarted.then(async () => {
				server = await start(server.port);
			});
		}
	}
	assert.deepEqual(await exited, [0, null]);
	await restarted;
	assert.equal(expected, ROWS);
	console.log(`ok: the Python example has ${ROWS} rows, each once and in order, of a server killed ${KILLS.length} times`);
} finally {
	started.forEach((process) => process.kill('SIGKILL'));
	await rm(folder, { recursive: true });
}
process.exit();
