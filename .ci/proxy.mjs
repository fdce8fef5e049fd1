// Clients of others behind a real nginx that cuts what is silent for 5 s: node proxy.mjs <jar of the sample> [<python>]
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const WebSocket = (await import('ws')).default;
const [jar, python] = process.argv.slice(2);
const SECONDS = 20;

const PYTHON_CLIENT = `
import asyncio, sys, websockets

async def main():
    async with websockets.connect(sys.argv[1]) as socket:
        print("open", flush=True)
        await socket.wait_closed()
        print("closed", flush=True)

asyncio.run(main())
`;

const started = [];

function run(command, args, output = 'pipe') {
	const process = spawn(command, args, { stdio: ['ignore', output, 'inherit'] });
	started.push(process);
	return process;
}

async function startSample(...properties) {
	const server = run('java', ['-jar', jar, '--server.port=0', ...properties]);
	for await (const line of createInterface({ input: server.stdout })) {
		const match = /Netty started on port (\d+)/.exec(line);
		if (match) {
			server.stdout.resume();
			return Number(match[1]);
		}
	}
	throw new Error('the sample ended');
}

async function freePort() {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address();
	server.close();
	return port;
}

async function startProxy(folder, servers) {
	const blocks = servers.map(({ port, target }) => `
		server {
			listen 127.0.0.1:${port};
			location / {
				proxy_pass http://127.0.0.1:${target};
				proxy_http_version 1.1;
				proxy_set_header Upgrade $http_upgrade;
				proxy_set_header Connection upgrade;
				proxy_read_timeout 5s;
			}
		}`);
	await writeFile(join(folder, 'nginx.conf'), `
		daemon off;
		master_process off;
		pid nginx.pid;
		events {}
		http {
			access_log off;
			client_body_temp_path body;
			proxy_temp_path proxy;
			fastcgi_temp_path fastcgi;
			uwsgi_temp_path uwsgi;
			scgi_temp_path scgi;
			${blocks.join('')}
		}`);
	run('nginx', ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], 'inherit');
	for (const { port } of servers) {
		await reachable(`http://127.0.0.1:${port}/actuator/health`);
	}
}

async function reachable(url) {
	for (let tries = 0; tries < 100; tries++) {
		try {
			if ((await fetch(url)).ok) {
				return;
			}
		} catch {
			// Not yet.
		}
		await delay(100);
	}
	throw new Error(`${url} does not answer`);
}

/** Connects, and returns for how many seconds it lives, SECONDS at most. */
async function withWs(url) {
	const socket = new WebSocket(url);
	await once(socket, 'open');
	return lifetime(once(socket, 'close'), () => socket.terminate());
}

async function withPython(url) {
	const client = run(python, ['-c', PYTHON_CLIENT, url]);
	const lines = createInterface({ input: client.stdout });
	const [line] = await once(lines, 'line');
	assert.equal(line, 'open');
	return lifetime(once(lines, 'line'), () => client.kill('SIGKILL'));
}

async function lifetime(closed, stop) {
	const start = Date.now();
	await Promise.race([closed, delay(SECONDS * 1000)]);
	stop();
	return (Date.now() - start) / 1000;
}

const folder = await mkdtemp(join(tmpdir(), 'proxy-'));
try {
	const [pinging, silent] = await Promise.all([startSample('--websocket-keepalive.heartbeat.interval=2s'),
		startSample('--websocket-keepalive.heartbeat.enabled=false')]);
	const [pinged, left] = [await freePort(), await freePort()];
	await startProxy(folder, [{ port: pinged, target: pinging }, { port: left, target: silent }]);
	const clients = [['ws', withWs], ...(python ? [['websockets', withPython]] : [])];
	await Promise.all(clients.map(async ([name, connect]) => {
		const [lived, died] = await Promise.all([pinged, left].map((port) => connect(`ws://127.0.0.1:${port}/ws/echo`)));
		assert.ok(lived >= SECONDS - 0.1, `${name} lived for ${lived} s with pings`);
		assert.ok(died < SECONDS - 0.1, `${name} lived for ${died} s without pings`);
		console.log(`ok: ${name} behind nginx: with our pings it lives, without it was cut after ${died.toFixed(1)} s`);
	}));
} finally {
	started.forEach((process) => process.kill('SIGKILL'));
	await rm(folder, { recursive: true });
}
process.exit();
