package io.github.websocketkeepalive.abuse;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.internal.PlatformDependent;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.WebsocketServerSpec;

import io.github.websocketkeepalive.admission.AdmissionPolicy;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;

/**
 * A small application with everything that attackers look for.
 */
@Configuration(proxyBeanMethods = false)
class AbusedServer {

	private static final int TINY_ROWS = 1016;

	private static volatile AbusedServer current;

	private final LogCounter log = LogCounter.install();

	private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

	private final WebSocketConnections webSockets;

	AbusedServer(WebSocketConnections webSockets) {
		this.webSockets = webSockets;
		current = this;
	}

	@Bean
	WebServerFactoryCustomizer<NettyReactiveWebServerFactory> counted() {
		return (factory) -> factory.addServerCustomizers(
				(server) -> server.doOnChannelInit((observer, channel, address) -> this.connections.add(channel)));
	}

	@Bean
	WebSocketHandlerAdapter webSocketHandlerAdapter() {
		return new WebSocketHandlerAdapter(new HandshakeWebSocketService(
				new ReactorNettyRequestUpgradeStrategy(() -> WebsocketServerSpec.builder().compress(true))));
	}

	@Bean
	@WebSocketMapping({ "/echo/**", "/refused" })
	WebSocketHandler echo() {
		return (session) -> session.send(session.receive().doOnNext(WebSocketMessage::retain));
	}

	@Bean
	@WebSocketMapping("/sink")
	WebSocketHandler sink() {
		return (session) -> session.receive().then();
	}

	@Bean
	@WebSocketMapping("/never")
	WebSocketHandler never() {
		return (session) -> Mono.never();
	}

	@Bean
	@WebSocketMapping("/endless")
	WebSocketHandler endless() {
		return (session) -> session
			.send(Flux.<String>generate((messages) -> messages.next("x".repeat(1024))).map(session::textMessage));
	}

	@Bean
	NettyRouteProvider routes() {
		return (routes) -> routes.ws("/route/never", (inbound, outbound) -> Mono.never())
			.ws("/route/echo", (inbound, outbound) -> outbound
				.sendObject(inbound.receiveFrames().doOnNext((frame) -> frame.retain())));
	}

	@Bean
	AdmissionPolicy failing() {
		return (request) -> request.path().equals("/refused") ? Mono.error(new IllegalStateException("deliberate"))
				: Mono.empty();
	}

	@Bean
	@WebSocketMapping("/streams")
	WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
		return streams.build();
	}

	@Bean
	ReplayableSource<String> rows() {
		return (request, offset) -> Flux.range((int) offset, Integer.MAX_VALUE)
			.map((row) -> "x".repeat(1024))
			.subscribeOn(Schedulers.boundedElastic());
	}

	@Bean
	ReplayableSource<String> growing() {
		return (request, offset) -> Flux.range((int) offset, Integer.MAX_VALUE)
			.map((row) -> "x".repeat((row < TINY_ROWS) ? 1 : 100 * 1024))
			.subscribeOn(Schedulers.boundedElastic());
	}

	@Bean
	ReplayableSource<String> broken() {
		return (request, offset) -> Flux.error(new IllegalStateException("deliberate"));
	}

	// Keeps its parameters for as long as it runs, as a query does.
	@Bean
	ReplayableSource<String> silent() {
		return (request, offset) -> Flux.<String>never().doOnCancel(request.parameters()::size);
	}

	@Bean
	ReplayableSource<Long> numbers() {
		return (request, offset) -> Mono.just(((Number) request.parameters().get("first")).longValue());
	}

	private ServerReport report() {
		System.gc();
		Runtime runtime = Runtime.getRuntime();
		return new ServerReport(runtime.totalMemory() - runtime.freeMemory(), direct(), this.connections.size(),
				this.webSockets.count(), loops(), this.log.lines(), this.log.bytes(), this.log.forged());
	}

	private static long direct() {
		long pooled = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
			.stream()
			.filter((pool) -> pool.getName().equals("direct"))
			.mapToLong(BufferPoolMXBean::getMemoryUsed)
			.sum();
		return Math.max(pooled, PlatformDependent.usedDirectMemory());
	}

	private static long loops() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().matches("test-.*-\\d+"))
			.count();
	}

	/**
	 * Prints what the server tells of itself.
	 */
	static class Report implements Runnable {

		@Override
		public void run() {
			System.out.println(current.report().line());
		}

	}

}
