package io.github.websocketkeepalive.eventloop;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;

import io.github.websocketkeepalive.test.DelegatingIoHandler;

/**
 * Ends the thread of an event loop by an error, as Netty does when one is thrown while a
 * loop looks at its sockets.
 */
final class DyingIoHandler extends DelegatingIoHandler {

	private static volatile Thread dying;

	private DyingIoHandler(IoHandler delegate) {
		super(delegate);
	}

	static IoHandlerFactory factory(IoHandlerFactory factory) {
		return (executor) -> new DyingIoHandler(factory.newHandler(executor));
	}

	static void die(EventLoop loop) {
		loop.execute(() -> dying = Thread.currentThread());
	}

	@Override
	public int run(IoHandlerContext context) {
		if (Thread.currentThread() == dying) {
			throw new OutOfMemoryError("deliberate");
		}
		return super.run(context);
	}

}
