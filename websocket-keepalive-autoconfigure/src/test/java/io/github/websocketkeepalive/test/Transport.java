package io.github.websocketkeepalive.test;

import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * What a server under test runs on.
 */
public enum Transport {

	/** The native transport of Linux. */
	EPOLL,

	/** The transport of the JDK. */
	NIO;

	private static final AtomicInteger COUNT = new AtomicInteger();

	public boolean isEpoll() {
		return this == EPOLL;
	}

	public LoopResources loops(int workers) {
		LoopResources loops = LoopResources.create("test-" + COUNT.incrementAndGet(), 1, workers, true);
		return (this == EPOLL) ? loops : new NioLoopResources(loops);
	}

	private record NioLoopResources(LoopResources delegate) implements LoopResources {

		@Override
		public EventLoopGroup onServer(boolean useNative) {
			return this.delegate.onServer(false);
		}

		@Override
		public EventLoopGroup onServerSelect(boolean useNative) {
			return this.delegate.onServerSelect(false);
		}

		@Override
		public EventLoopGroup onClient(boolean useNative) {
			return this.delegate.onClient(false);
		}

		@Override
		public <T extends Channel> T onChannel(Class<T> channelType, EventLoopGroup group) {
			return this.delegate.onChannel(channelType, group);
		}

		@Override
		public <T extends Channel> Class<? extends T> onChannelClass(Class<T> channelType, EventLoopGroup group) {
			return this.delegate.onChannelClass(channelType, group);
		}

		@Override
		public void dispose() {
			this.delegate.dispose();
		}

		@Override
		public Mono<Void> disposeLater() {
			return this.delegate.disposeLater();
		}

	}

}
