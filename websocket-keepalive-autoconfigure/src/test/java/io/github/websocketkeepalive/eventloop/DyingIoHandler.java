package io.github.websocketkeepalive.eventloop;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;

/**
 * Ends the thread of an event loop by an error, as Netty does when one is thrown while a
 * loop looks at its sockets.
 */
final class DyingIoHandler implements IoHandler {

	private static volatile Thread dying;

	private final IoHandler delegate;

	private DyingIoHandler(IoHandler delegate) {
		this.delegate = delegate;
	}

	static IoHandlerFactory factory(IoHandlerFactory factory) {
		return (executor) -> new DyingIoHandler(factory.newHandler(executor));
	}

	static void die(EventLoop loop) {
		loop.execute(() -> dying = Thread.currentThread());
	}

	@Override
	public void initialize() {
		this.delegate.initialize();
	}

	@Override
	public int run(IoHandlerContext context) {
		if (Thread.currentThread() == dying) {
			throw new OutOfMemoryError("deliberate");
		}
		return this.delegate.run(context);
	}

	@Override
	public void prepareToDestroy() {
		this.delegate.prepareToDestroy();
	}

	@Override
	public void destroy() {
		this.delegate.destroy();
	}

	@Override
	public IoRegistration register(IoHandle handle) throws Exception {
		return this.delegate.register(handle);
	}

	@Override
	public void wakeup() {
		this.delegate.wakeup();
	}

	@Override
	public boolean isCompatible(Class<? extends IoHandle> handleType) {
		return this.delegate.isCompatible(handleType);
	}

}
