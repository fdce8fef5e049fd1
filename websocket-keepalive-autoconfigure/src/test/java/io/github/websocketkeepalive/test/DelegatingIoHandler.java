package io.github.websocketkeepalive.test;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;

/**
 * Does what another one does, as far as a subclass does nothing else.
 */
public abstract class DelegatingIoHandler implements IoHandler {

	private final IoHandler delegate;

	protected DelegatingIoHandler(IoHandler delegate) {
		this.delegate = delegate;
	}

	@Override
	public void initialize() {
		this.delegate.initialize();
	}

	@Override
	public int run(IoHandlerContext context) {
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
