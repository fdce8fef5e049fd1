package io.github.websocketkeepalive.fault;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP proxy that cuts each connection after a random number of bytes from the server,
 * until it has cut enough of them.
 */
final class CuttingProxy implements AutoCloseable {

	/**
	 * Fewer freezes, each of which takes a timeout.
	 */
	private static final List<Cut> CUTS = List.of(Cut.FIN, Cut.FIN, Cut.FIN, Cut.FIN, Cut.RST, Cut.RST, Cut.RST,
			Cut.RST, Cut.FREEZE);

	private static final int FROZEN_SECONDS = 3;

	private final Map<Cut, AtomicInteger> cuts = new ConcurrentHashMap<>();

	private final Set<Closeable> sockets = ConcurrentHashMap.newKeySet();

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final ServerSocket listener;

	private final Random random;

	private final int meanBytes;

	private volatile int target;

	/**
	 * Start a proxy.
	 * @param random where connections are cut
	 * @param mostCuts how many are cut
	 * @param meanBytes after how many bytes, on average
	 */
	CuttingProxy(Random random, int mostCuts, int meanBytes) throws IOException {
		this.random = random;
		this.meanBytes = meanBytes;
		this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
		start(() -> accept(mostCuts));
	}

	/**
	 * Set where the server is.
	 * @param port its port, or 0 while there is none
	 */
	void target(int port) {
		this.target = port;
	}

	URI uri(String path) {
		return URI.create("ws://localhost:" + this.listener.getLocalPort() + path);
	}

	Map<Cut, AtomicInteger> cuts() {
		return this.cuts;
	}

	int total() {
		return this.cuts.values().stream().mapToInt(AtomicInteger::get).sum();
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		this.timer.shutdownNow();
		this.sockets.forEach(CuttingProxy::close);
	}

	private void accept(int mostCuts) throws IOException {
		while (true) {
			Socket client = this.listener.accept();
			Cut cut = CUTS.get(this.random.nextInt(CUTS.size()));
			int bytes = 1 + this.random.nextInt(2 * this.meanBytes);
			try {
				Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target);
				start(new Link(client, server, cut, (total() < mostCuts) ? bytes : Long.MAX_VALUE)::run);
			}
			catch (IOException | IllegalArgumentException ex) {
				client.close();
			}
		}
	}

	private static void start(Work work) {
		Thread thread = new Thread(() -> {
			try {
				work.run();
			}
			catch (IOException ex) {
				// A socket was closed, by either end or by a cut.
				Thread.currentThread().setName(ex.toString());
			}
		}, "cutting-proxy");
		thread.setDaemon(true);
		thread.start();
	}

	private static void close(Closeable socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Ways to cut a connection.
	 */
	enum Cut {

		/** Both ends see the other's end. */
		FIN,

		/** Both ends are reset. */
		RST,

		/** Nothing is forwarded any more. */
		FREEZE

	}

	private interface Work {

		void run() throws IOException;

	}

	private final class Link {

		private final Socket client;

		private final Socket server;

		private final Cut cut;

		private final long bytes;

		private volatile boolean frozen;

		Link(Socket client, Socket server, Cut cut, long bytes) {
			this.client = client;
			this.server = server;
			this.cut = cut;
			this.bytes = bytes;
			CuttingProxy.this.sockets.add(client);
			CuttingProxy.this.sockets.add(server);
		}

		void run() throws IOException {
			start(this::upstream);
			this.client.setTcpNoDelay(true);
			try {
				downstream();
			}
			catch (IOException ex) {
				end();
			}
		}

		private void upstream() throws IOException {
			this.server.setTcpNoDelay(true);
			byte[] buffer = new byte[1024];
			try {
				InputStream input = this.client.getInputStream();
				OutputStream output = this.server.getOutputStream();
				for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
					if (!this.frozen) {
						output.write(buffer, 0, count);
					}
				}
			}
			finally {
				if (this.frozen) {
					end(this.client);
					CuttingProxy.this.timer.schedule(() -> end(this.server), FROZEN_SECONDS, TimeUnit.SECONDS);
				}
				else {
					end();
				}
			}
		}

		private void downstream() throws IOException {
			byte[] buffer = new byte[8 * 1024];
			long left = this.bytes;
			InputStream input = this.server.getInputStream();
			OutputStream output = this.client.getOutputStream();
			while (left > 0) {
				int count = input.read(buffer, 0, (int) Math.min(buffer.length, left));
				if (count < 0) {
					end();
					return;
				}
				output.write(buffer, 0, count);
				left -= count;
			}
			CuttingProxy.this.cuts.computeIfAbsent(this.cut, (key) -> new AtomicInteger()).incrementAndGet();
			switch (this.cut) {
				case FIN -> {
					this.client.shutdownOutput();
					this.server.shutdownOutput();
				}
				case RST -> {
					this.client.setSoLinger(true, 0);
					this.server.setSoLinger(true, 0);
					end();
				}
				case FREEZE -> this.frozen = true;
			}
		}

		private void end() {
			end(this.client);
			end(this.server);
		}

		private void end(Socket socket) {
			CuttingProxy.this.sockets.remove(socket);
			close(socket);
		}

	}

}
