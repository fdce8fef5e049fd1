// Drives a real Chromium against the sample application: node browser.mjs <jar of the sample> [<folder for screenshots>]
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const { chromium } = (await import('playwright-core')).default;
const [jar, screenshots] = process.argv.slice(2);
const ping = { message: 'ping', reply: 'pong', interval: 1000, timeout: 3000 };

// Reactor Netty 1.3.6 may never read the next request of a connection that is kept alive (reactor-netty#4361). A page,
// or the script of a shared worker, did not come then.
async function start(port = 0) {
	const server = spawn('java', ['-jar', jar, `--server.port=${port}`, '--server.shutdown=immediate',
		'--server.netty.max-keep-alive-requests=1'], { stdio: ['ignore', 'pipe', 'inherit'] });
	const started = new Promise((resolve) => createInterface({ input: server.stdout }).on('line', (line) => {
		const match = /Netty started on port (\d+)/.exec(line);
		if (match) {
			resolve(Number(match[1]));
		}
	}));
	const failed = once(server, 'exit').then(() => Promise.reject(new Error('the sample ended')));
	failed.catch(() => {});
	return { port: await Promise.race([started, failed]), kill: () => end(server, 'SIGKILL') };
}

async function end(process, signal) {
	if (process.exitCode === null && process.signalCode === null) {
		process.kill(signal);
		await once(process, 'exit');
	}
}

async function until(what, condition, patience = 60_000) {
	for (const limit = Date.now() + patience; Date.now() < limit; await delay(100)) {
		if (await condition()) {
			return;
		}
	}
	assert.fail(`not within ${patience} ms: ${what}`);
}

function ok(line) {
	console.log(`ok: ${line}`);
}

let server = await start();
const origin = `http://127.0.0.1:${server.port}`;
const executablePath = process.env.CHROMIUM ?? execFileSync('which', ['chromium']).toString().trim();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });

async function connections() {
	const answer = await fetch(`${origin}/actuator/websockets?endpoint=/ws/echo`);
	return (await answer.json()).connections;
}

/** Opens the page of the sample, and what it complains of. */
async function open(context) {
	const page = await context.newPage();
	const complaints = [];
	page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
	page.on('pageerror', (error) => complaints.push(String(error)));
	await page.goto(origin);
	return { page, complaints };
}

async function blank(context) {
	const opened = await open(context);
	await opened.page.evaluate(() => document.getElementById('close').click());
	await until('the socket of the page is closed', async () => (await state(opened.page)) === 'closed');
	await until('the server knows', async () => (await connections()).length === 0);
	return opened;
}

const state = (page) => page.locator('#state').textContent();

/** Creates `window.socket`, and notes in `window.told` what it tells. */
async function connect(page, options) {
	await page.evaluate(async (options) => {
		const { KeepaliveWebSocket } = await import('/websocket-keepalive.js');
		window.told = [];
		window.socket = new KeepaliveWebSocket('/ws/echo', options);
		for (const type of ['open', 'message', 'close', 'error', 'reconnecting', 'reconnected', 'dropped']) {
			socket.addEventListener(type, (event) => told.push({ type, data: event.data, detail: event.detail }));
		}
	}, options);
}

const told = (page, type) => page.evaluate((type) => told.filter((event) => event.type === type), type);

async function reconnectsAfterARestart() {
	const context = await browser.newContext();
	const { page, complaints } = await open(context);
	await until('the page is connected', async () => (await state(page)) === 'open');
	await page.locator('form').evaluate((form) => form.requestSubmit());
	await until('an echo', async () => (await page.locator('#log').textContent()).includes('received: hello'));
	assert.deepEqual(complaints, []);
	await server.kill();
	await until('the page knows', async () => (await state(page)) === 'reconnecting');
	await page.locator('#text').fill('sent while away');
	await page.locator('form').evaluate((form) => form.requestSubmit());
	if (screenshots) {
		await page.screenshot({ path: `${screenshots}/away.png` });
	}
	server = await start(server.port);
	await until('the page is back', async () => (await state(page)) === 'open');
	await until('the queue is sent', async () =>
		(await page.locator('#log').textContent()).includes('received: sent while away'));
	if (screenshots) {
		await page.screenshot({ path: `${screenshots}/back.png` });
	}
	await context.close();
	ok('a page is back after a restart, with what was sent meanwhile');
}

async function wakesFromSleep() {
	const context = await browser.newContext();
	const { page } = await blank(context);
	await connect(page, { ping });
	await until('open', async () => (await told(page, 'open')).length === 1);
	const devTools = await context.newCDPSession(page);
	await devTools.send('Page.enable');
	await devTools.send('Page.setWebLifecycleState', { state: 'frozen' });
	await delay(12_000);
	await devTools.send('Page.setWebLifecycleState', { state: 'active' });
	await page.evaluate(() => socket.send('awake'));
	await until('an echo', async () => (await told(page, 'message')).some(({ data }) => data === 'awake'));
	await delay(5000);
	assert.deepEqual(await told(page, 'reconnecting'), []);
	assert.equal((await connections()).length, 1);
	ok('a page that slept for longer than its timeout keeps its live connection');

	await devTools.send('Page.setWebLifecycleState', { state: 'frozen' });
	await server.kill();
	server = await start(server.port);
	await devTools.send('Page.setWebLifecycleState', { state: 'active' });
	await until('reconnected', async () => (await told(page, 'reconnected')).length === 1);
	assert.deepEqual(await told(page, 'close'), []);
	await context.close();
	ok('a page whose server restarted while it slept is back');
}

async function hidesRepliesToItsPing() {
	const context = await browser.newContext();
	const { page } = await blank(context);
	await connect(page, { ping });
	await until('three pings are answered', async () => {
		const [connection] = await connections();
		return connection?.bytesReceived > 500;
	});
	assert.deepEqual((await page.evaluate(() => told)).map(({ type }) => type), ['open']);
	await context.close();
	ok('the pings of a page are answered, and nobody sees them');
}

async function sharesAConnectionAmongTabs() {
	const context = await browser.newContext();
	const pages = [(await blank(context)).page, (await blank(context)).page];
	for (const page of pages) {
		await connect(page, { ping, shared: true });
		await until('the tab is open', async () => (await told(page, 'open')).length === 1);
	}
	assert.equal((await connections()).length, 1);
	await pages[0].evaluate(() => socket.send('for all'));
	for (const page of pages) {
		await until('both tabs hear', async () => (await told(page, 'message')).some(({ data }) => data === 'for all'));
	}
	ok('two tabs share one connection, and both hear what it receives');

	await server.kill();
	server = await start(server.port);
	for (const page of pages) {
		await until('both tabs are back', async () => (await told(page, 'reconnected')).length === 1);
	}
	assert.equal((await connections()).length, 1);
	ok('both are back after a restart, on one connection');

	await pages[0].close();
	await pages[1].evaluate(() => socket.send('still here'));
	await until('the other tab lives', async () =>
		(await told(pages[1], 'message')).some(({ data }) => data === 'still here'));
	await pages[1].evaluate(() => socket.close());
	await until('the connection is closed with its last tab', async () => (await connections()).length === 0);
	await context.close();
	ok('the connection stays for the tab that is left, and closes with the last one');
}

async function survivesItsSharedWorker() {
	const context = await browser.newContext();
	const pages = [(await blank(context)).page, (await blank(context)).page];
	for (const page of pages) {
		await connect(page, { ping, shared: true });
		await until('the tab is open', async () => (await told(page, 'open')).length === 1);
	}
	const devTools = await browser.newBrowserCDPSession();
	const { targetInfos } = await devTools.send('Target.getTargets');
	for (const { targetId } of targetInfos.filter(({ type }) => type === 'shared_worker')) {
		await devTools.send('Target.closeTarget', { targetId });
	}
	for (const page of pages) {
		await until('the tab knows', async () => (await told(page, 'reconnecting')).length === 1, 5000);
		assert.equal((await told(page, 'reconnecting'))[0].detail.reason, 'shared worker gone');
	}
	for (const page of pages) {
		await until('the tab is back', async () => (await told(page, 'reconnected')).length === 1);
	}
	await until('one connection', async () => (await connections()).length === 1);
	await pages[0].evaluate(() => socket.send('for all'));
	for (const page of pages) {
		await until('both tabs hear', async () => (await told(page, 'message')).some(({ data }) => data === 'for all'));
	}
	await context.close();
	ok('tabs whose shared worker is gone notice at once, and share another one');
}

async function doesWithoutASharedWorker() {
	const context = await browser.newContext();
	const pages = [(await blank(context)).page, (await blank(context)).page];
	for (const page of pages) {
		// As what some bundlers start as worker, this script has nothing to answer tabs.
		await connect(page, { ping, shared: true, workerUrl: '/websocket-keepalive.js', handshakeTimeout: 2000 });
		await until('the tab is open', async () => (await told(page, 'open')).length === 1);
	}
	assert.equal((await connections()).length, 2);
	await context.close();
	ok('tabs whose shared worker does not answer have a connection each');
}

async function opensAHundredConnections() {
	const context = await browser.newContext();
	const { page, complaints } = await blank(context);
	const closedEarly = await page.evaluate(async () => {
		const { KeepaliveWebSocket } = await import('/websocket-keepalive.js');
		window.sockets = Array.from({ length: 100 }, () => new KeepaliveWebSocket('/ws/echo'));
		// Some are not wanted any more before they are open.
		sockets.splice(0, 10).forEach((socket) => socket.close());
		let lost = 0;
		await Promise.all(sockets.map((socket) => new Promise((resolve) => {
			socket.onopen = resolve;
			socket.onreconnecting = () => lost++;
		})));
		return lost;
	});
	assert.equal(closedEarly, 0);
	await until('90 connections', async () => (await connections()).length === 90);
	assert.deepEqual(complaints, []);
	await context.close();
	ok('a page asks for 100 connections at once, and the browser complains of none');
}

async function streamsRowsAcrossARestart() {
	const context = await browser.newContext();
	const { page, complaints } = await open(context);
	const rows = () => page.locator('#progress').evaluate(({ value }) => value);
	const rowsState = () => page.locator('#rows-state').textContent();
	await page.locator('#read').click();
	await until('some rows', async () => (await rows()) > 100_000, 120_000);
	assert.deepEqual(complaints, []);
	await server.kill();
	await until('the page knows', async () => (await rowsState()) === 'reconnecting');
	const cut = await rows();
	assert.ok(cut < 1_000_000, `${cut} rows before the cut`);
	if (screenshots) {
		await page.screenshot({ path: `${screenshots}/cut.png`, fullPage: true });
	}
	server = await start(server.port);
	await until('all rows', async () => ['complete', 'closed'].includes(await rowsState()), 120_000);
	if (screenshots) {
		await page.screenshot({ path: `${screenshots}/complete.png`, fullPage: true });
	}
	assert.match(await page.locator('#rows').textContent(), /1000000 rows, each once and in order/);
	await until('a price', async () => (await page.locator('#price').textContent()).includes('ALFA'));
	await context.close();
	ok(`a page has a million rows, each once and in order, although the server was killed at row ${cut}`);
}

try {
	await reconnectsAfterARestart();
	await streamsRowsAcrossARestart();
	await hidesRepliesToItsPing();
	await wakesFromSleep();
	await sharesAConnectionAmongTabs();
	await survivesItsSharedWorker();
	await doesWithoutASharedWorker();
	await opensAHundredConnections();
} finally {
	await browser.close();
	await server.kill();
}
