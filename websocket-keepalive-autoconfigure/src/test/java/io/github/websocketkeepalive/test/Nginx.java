package io.github.websocketkeepalive.test;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.awaitility.Awaitility.await;

/**
 * A real nginx with a configuration of its own, which balances over several servers.
 */
public final class Nginx implements AutoCloseable {

	private static final List<String> PROGRAMS = List.of("/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx");

	private static final String CONFIGURATION = """
			daemon off;
			worker_processes 1;
			pid nginx.pid;
			error_log error.log;
			events {
				worker_connections 8192;
			}
			http {
				access_log off;
				client_body_temp_path body;
				proxy_temp_path proxy;
				fastcgi_temp_path fastcgi;
				uwsgi_temp_path uwsgi;
				scgi_temp_path scgi;
				upstream instances {
			%s
				}
				server {
					listen 127.0.0.1:%d;
					location / {
						proxy_pass http://instances;
						proxy_http_version 1.1;
						proxy_set_header Upgrade $http_upgrade;
						proxy_set_header Connection upgrade;
						proxy_read_timeout 1h;
						proxy_next_upstream error timeout http_503;
					}
				}
			}
			""";

	private final Process process;

	private final int port;

	private Nginx(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	public static boolean isInstalled() {
		return program().findAny().isPresent();
	}

	private static Stream<String> program() {
		return PROGRAMS.stream().filter((program) -> Files.isExecutable(Path.of(program)));
	}

	/**
	 * Start an nginx.
	 * @param directory where its files are
	 * @param servers the ports that it balances over
	 */
	public static Nginx start(Path directory, Integer... servers) throws IOException {
		int port = freePort();
		String upstreams = Stream.of(servers)
			.map((server) -> "server 127.0.0.1:%d max_fails=1 fail_timeout=1s;".formatted(server))
			.collect(Collectors.joining("\n"));
		Path configuration = directory.resolve("nginx.conf");
		Files.writeString(configuration, CONFIGURATION.formatted(upstreams, port));
		Process process = new ProcessBuilder(program().findFirst().orElseThrow(), "-p", directory.toString(), "-c",
				configuration.toString())
			.inheritIO()
			.start();
		await().atMost(Duration.ofSeconds(20)).until(() -> isListening(port));
		return new Nginx(process, port);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	private static boolean isListening(int port) {
		try (Socket socket = new Socket("127.0.0.1", port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	public URI uri(String path) {
		return URI.create("ws://127.0.0.1:" + this.port + path);
	}

	@Override
	public void close() {
		this.process.destroy();
	}

}
