package io.github.websocketkeepalive.stream.history;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;

/**
 * The way from one instance to Redis. It can be frozen, so that bytes wait in order and
 * connections stay open, and cut, so that connections are reset and none is accepted.
 * Thread-safe.
 */
final class LinkProxy implements AutoCloseable {

	private final ServerSocket listener;

	private final Set<Socket> sockets = new HashSet<>();

	private int target;

	private boolean frozen;

	private boolean answersHeld;

	private boolean cut;

	/**
	 * Start a proxy.
	 * @param target the port of Redis
	 */
	LinkProxy(int target) {
		this.target = target;
		try {
			this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		start(this::accept);
	}

	int port() {
		return this.listener.getLocalPort();
	}

	synchronized void freeze() {
		this.frozen = true;
	}

	/**
	 * Freeze what comes from Redis only: it gets requests, and nobody hears its answers.
	 */
	synchronized void holdAnswers() {
		this.answersHeld = true;
	}

	synchronized void thaw() {
		this.frozen = false;
		this.answersHeld = false;
		notifyAll();
	}

	synchronized void cut() {
		this.cut = true;
		resetAll();
	}

	synchronized void heal() {
		this.cut = false;
	}

	/**
	 * Lead to another Redis. Connections to the one before are reset.
	 * @param port its port
	 */
	synchronized void pointTo(int port) {
		if (this.target != port) {
			this.target = port;
			resetAll();
		}
	}

	@Override
	public void close() {
		cut();
		thaw();
		close(this.listener);
	}

	private void resetAll() {
		this.sockets.forEach(LinkProxy::reset);
		this.sockets.clear();
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.listener.accept();
			try {
				connect(client);
			}
			catch (IOException ex) {
				reset(client);
			}
		}
	}

	private synchronized void connect(Socket client) throws IOException {
		if (this.cut) {
			throw new IOException("cut");
		}
		Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target);
		client.setTcpNoDelay(true);
		server.setTcpNoDelay(true);
		this.sockets.add(client);
		this.sockets.add(server);
		start(() -> forward(client, server, false));
		start(() -> forward(server, client, true));
	}

	private void forward(Socket from, Socket to, boolean answers) throws IOException {
		byte[] buffer = new byte[16 * 1024];
		try {
			InputStream input = from.getInputStream();
			OutputStream output = to.getOutputStream();
			int count = input.read(buffer);
			while (count >= 0) {
				awaitThaw(answers);
				output.write(buffer, 0, count);
				count = input.read(buffer);
			}
		}
		finally {
			awaitThaw(answers);
			synchronized (this) {
				this.sockets.remove(from);
				this.sockets.remove(to);
			}
			reset(from);
			reset(to);
		}
	}

	private synchronized void awaitThaw(boolean answers) {
		while (this.frozen || (answers && this.answersHeld)) {
			try {
				wait();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

	private static void reset(Socket socket) {
		try {
			socket.setSoLinger(true, 0);
		}
		catch (IOException ex) {
			// It is closed already.
		}
		close(socket);
	}

	private static void close(AutoCloseable socket) {
		try {
			socket.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
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
		}, "link-proxy");
		thread.setDaemon(true);
		thread.start();
	}

	private interface Work {

		void run() throws IOException;

	}

}
