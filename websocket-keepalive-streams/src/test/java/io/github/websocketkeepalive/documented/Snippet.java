package io.github.websocketkeepalive.documented;

import java.io.IOException;
import java.io.StringWriter;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

import org.springframework.util.Assert;

/**
 * A piece of code or configuration of the documentation, as its page has it.
 *
 * @param page the page
 * @param text the text
 */
record Snippet(String page, String text) {

	private static final Path ROOT = Path.of("..");

	private static final String IMPORTS = """
			package io.github.websocketkeepalive.documented;

			import java.net.URI;
			import java.util.*;
			import java.util.function.*;

			import org.springframework.context.annotation.*;
			import org.springframework.http.HttpHeaders;
			import org.springframework.stereotype.Component;
			import org.springframework.web.reactive.config.WebFluxConfigurer;
			import org.springframework.web.reactive.socket.*;
			import org.springframework.web.reactive.socket.server.WebSocketService;
			import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
			import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
			import reactor.core.publisher.*;
			import reactor.netty.http.server.WebsocketServerSpec;

			import io.github.websocketkeepalive.admission.*;
			import io.github.websocketkeepalive.client.*;
			import io.github.websocketkeepalive.client.handshake.HandshakeRequest;
			import io.github.websocketkeepalive.client.reconnect.*;
			import io.github.websocketkeepalive.client.shared.*;
			import io.github.websocketkeepalive.mapping.WebSocketMapping;
			import io.github.websocketkeepalive.stream.*;
			import io.github.websocketkeepalive.stream.client.*;
			import io.github.websocketkeepalive.stream.topic.LiveTopics;
			import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;

			""";

	/**
	 * Return the snippet of a page that contains something.
	 */
	static Snippet of(String page, String language, String contained) throws IOException {
		List<Snippet> found = all(page, language).stream()
			.filter((snippet) -> snippet.text().contains(contained))
			.toList();
		Assert.state(found.size() == 1, () -> found.size() + " snippets of " + page + " contain: " + contained);
		return found.get(0);
	}

	/**
	 * Return all snippets in a language.
	 */
	static List<Snippet> all(String language) throws IOException {
		List<Path> pages = new ArrayList<>();
		pages.add(Path.of("README.md"));
		try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
			docs.filter((page) -> page.toString().endsWith(".md")).map(ROOT::relativize).sorted().forEach(pages::add);
		}
		List<Snippet> snippets = new ArrayList<>();
		for (Path page : pages) {
			snippets.addAll(all(page.toString(), language));
		}
		return snippets;
	}

	private static List<Snippet> all(String page, String language) throws IOException {
		Matcher matcher = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
			.matcher(Files.readString(ROOT.resolve(page)));
		return matcher.results().map((result) -> new Snippet(page, result.group(1))).toList();
	}

	Snippet with(String replaced, String replacement) {
		Assert.state(this.text.contains(replaced), () -> this.page + " does not contain: " + replaced);
		return new Snippet(this.page, this.text.replace(replaced, replacement));
	}

	/**
	 * Compile a snippet that is a class.
	 */
	Class<?> compileClass(Path directory) throws IOException, ClassNotFoundException {
		Matcher name = Pattern.compile("^class (\\w+)", Pattern.MULTILINE).matcher(this.text);
		Assert.state(name.find(), () -> this.page + " has no class: " + this.text);
		return compile(directory, name.group(1), this.text);
	}

	/**
	 * Compile a snippet that is methods of a configuration.
	 */
	Class<?> compileBeans(Path directory) throws IOException, ClassNotFoundException {
		return compile(directory, "Beans",
				"@Configuration(proxyBeanMethods = false)\nclass Beans {\n%s}\n".formatted(this.text));
	}

	/**
	 * Compile a snippet that is statements.
	 * @param frame what is around them in the body of a class, with {@code %s} for them
	 */
	Class<?> compileStatements(Path directory, String frame) throws IOException, ClassNotFoundException {
		return compile(directory, "Statements",
				"public class Statements {\n%s}\n".formatted(frame.formatted(this.text)));
	}

	private Class<?> compile(Path directory, String name, String source) throws IOException, ClassNotFoundException {
		Path file = Files.writeString(directory.resolve(name + ".java"), IMPORTS + source);
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter messages = new StringWriter();
		boolean compiled = compiler
			.getTask(messages, null, null,
					List.of("-proc:none", "-parameters", "-d", directory.toString(), "-classpath",
							System.getProperty("java.class.path")),
					null, compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file))
			.call();
		Assert.state(compiled, () -> this.page + " has code that does not compile: " + messages);
		return Class.forName(getClass().getPackageName() + '.' + name, true, loader(directory));
	}

	private static ClassLoader loader(Path directory) throws MalformedURLException {
		return new URLClassLoader(new URL[] { directory.toUri().toURL() }, Snippet.class.getClassLoader());
	}

	@Override
	public String toString() {
		return this.page + ": " + this.text.lines().findFirst().orElse("");
	}

}
