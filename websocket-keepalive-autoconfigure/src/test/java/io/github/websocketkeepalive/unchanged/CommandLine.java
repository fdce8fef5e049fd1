package io.github.websocketkeepalive.unchanged;

import java.net.URI;
import java.time.Duration;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import org.springframework.web.reactive.socket.client.WebSocketClient;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;

/**
 * An application that asks a server one thing, and ends. Its type is left to Spring Boot.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class CommandLine {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@Bean
	CommandLineRunner question(ApplicationContext context, ObjectProvider<KeepaliveWebSocketClient.Builder> builders) {
		return (arguments) -> {
			KeepaliveWebSocketClient.Builder builder = builders.getIfAvailable();
			WebSocketClient client = (builder != null) ? builder.build() : new ReactorNettyWebSocketClient();
			URI uri = URI.create(arguments[0]);
			client
				.execute(uri,
						(session) -> session.send(Mono.just(session.textMessage("hello")))
							.thenMany(session.receive().take(1))
							.map(WebSocketMessage::getPayloadAsText)
							.doOnNext((answer) -> System.out.println("answer: " + answer))
							.then(session.close()))
				.block(PATIENCE);
			System.out.println("context: " + context.getClass().getSimpleName());
		};
	}

	public static void main(String[] arguments) {
		SpringApplication.run(CommandLine.class, arguments);
	}

}
