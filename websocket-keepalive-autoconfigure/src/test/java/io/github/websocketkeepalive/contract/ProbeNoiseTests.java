package io.github.websocketkeepalive.contract;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.github.websocketkeepalive.test.Log4j2Process;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What probes leave in the log, without the starter and with it.
 */
class ProbeNoiseTests {

	private static final Set<String> NOISY = Stream
		.of("HTTP PARTIAL_HEADERS FIN", "HTTP PARTIAL_HEADERS RST", "HTTP GARBAGE FIN", "HTTP GARBAGE RST",
				"HTTP NO_VERSION FIN", "HTTP NO_VERSION RST", "HTTP HTTP2_PREFACE FIN", "HTTP HTTP2_PREFACE RST",
				"HTTP PROXY_HEADER FIN", "HTTP PROXY_HEADER RST", "HTTP TLS_HELLO FIN", "HTTP TLS_HELLO RST",
				"TLS_H2 EMPTY RST", "TLS_H2 GARBAGE FIN", "TLS_H2 GARBAGE RST", "TLS_H2 PROXY_HEADER FIN",
				"TLS_H2 PROXY_HEADER RST", "TLS_H2 PLAIN_HTTP FIN", "TLS_H2 PLAIN_HTTP RST", "TLS_H2 PARTIAL_HELLO RST",
				"TLS_H2 HANDSHAKE_H2 RST", "TLS_H2 CERTIFICATE_REJECTED FIN", "TLS_H2 CERTIFICATE_REJECTED RST")
		.flatMap((cell) -> Stream.of("EPOLL " + cell, "NIO " + cell))
		.collect(Collectors.toCollection(TreeSet::new));

	private static final Map<String, String> KINDS = Map.ofEntries(Map.entry("HTTP EMPTY", "empty-tcp"),
			Map.entry("HTTP PARTIAL_LINE", "partial-request"), Map.entry("HTTP PARTIAL_HEADERS", "partial-request"),
			Map.entry("HTTP NO_VERSION", "not-http"), Map.entry("HTTP HTTP2_PREFACE", "not-http"),
			Map.entry("HTTP GARBAGE", "not-http"), Map.entry("HTTP PROXY_HEADER", "not-http"),
			Map.entry("HTTP TLS_HELLO", "not-http"), Map.entry("TLS EMPTY", "empty-tcp"),
			Map.entry("TLS GARBAGE", "not-tls"), Map.entry("TLS PROXY_HEADER", "not-tls"),
			Map.entry("TLS PLAIN_HTTP", "not-tls"), Map.entry("TLS PARTIAL_HELLO", "tls-only"),
			Map.entry("TLS HANDSHAKE", "tls-only"), Map.entry("TLS HANDSHAKE_H2", "tls-only"),
			Map.entry("TLS CERTIFICATE_REJECTED", "tls-failed"), Map.entry("PROXY EMPTY", "empty-tcp"),
			Map.entry("PROXY GARBAGE", "not-http"), Map.entry("PROXY PROXY_HEADER", "proxy-only"),
			Map.entry("PROXY PARTIAL_PROXY_HEADER", "proxy-only"), Map.entry("PROXY PLAIN_HTTP", "not-http"));

	@TempDir
	static Path keys;

	@Test
	void probesAreSilentClassifiedAndStillThereAtDebugInLogback() throws Exception {
		probesAreSilentClassifiedAndStillThereAtDebug(Backend.LOGBACK);
	}

	@Test
	@Tag("slow")
	void probesAreSilentClassifiedAndStillThereAtDebugInLog4j2() throws Exception {
		probesAreSilentClassifiedAndStillThereAtDebug(Backend.LOG4J2);
	}

	private static void probesAreSilentClassifiedAndStillThereAtDebug(Backend backend) throws Exception {
		List<ProbeMatrix.Line> before = backend.run(keys, false);
		List<ProbeMatrix.Line> after = backend.run(keys, true);
		assertThat(cells(before, ProbeMatrix.Line::isNoise)).isEqualTo(NOISY);
		assertThat(after).filteredOn(ProbeMatrix.Line::isNoise).isEmpty();
		Map<String, List<String>> events = events(after);
		events(before.stream().filter(ProbeMatrix.Line::isNoise).toList())
			.forEach((cell, lines) -> assertThat(events.get(cell)).as(cell).containsAll(lines));
		assertThat(after).filteredOn((line) -> line.level().equals("PROBE"))
			.hasSizeGreaterThan(90)
			.allSatisfy((line) -> assertThat(line.text()).as(line.cell()).startsWith(KINDS.get(kindOf(line.cell()))))
			.filteredOn((line) -> line.cell().endsWith("FIN"))
			.allSatisfy((line) -> assertThat(line.text()).as(line.cell()).endsWith("fin"));
		assertThat(after).filteredOn((line) -> line.level().equals("PROBE") && line.cell().contains("EMPTY RST"))
			.isNotEmpty()
			.allSatisfy((line) -> assertThat(line.text()).isEqualTo("empty-tcp reset"));
	}

	private static String kindOf(String cell) {
		String[] words = cell.replace("TLS_H2", "TLS").split(" ");
		return words[1] + " " + words[2];
	}

	private static Set<String> cells(List<ProbeMatrix.Line> lines, Predicate<ProbeMatrix.Line> condition) {
		return lines.stream()
			.filter(condition)
			.map(ProbeMatrix.Line::cell)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	// Apart from the ids and ports, which differ from run to run.
	private static Map<String, List<String>> events(List<ProbeMatrix.Line> lines) {
		Map<String, List<String>> events = new TreeMap<>();
		for (ProbeMatrix.Line line : lines) {
			events.computeIfAbsent(line.cell(), (cell) -> new ArrayList<>())
				.add(line.logger() + " " + line.text().replaceAll("^\\[[^]]*] ", "").replaceAll("\\(.*", ""));
		}
		return events;
	}

	/**
	 * What writes the log.
	 */
	enum Backend {

		/** In this process. */
		LOGBACK {

			@Override
			List<ProbeMatrix.Line> run(Path keys, boolean starter) throws Exception {
				return new ProbeMatrix(keys, starter).run();
			}

		},

		/** In another one, since a process has only one backend. */
		LOG4J2 {

			@Override
			List<ProbeMatrix.Line> run(Path keys, boolean starter) throws Exception {
				Process process = Log4j2Process.start(ProbeMatrix.class, keys.toString(), String.valueOf(starter));
				List<String> output = process.inputReader().lines().toList();
				assertThat(process.waitFor()).as("%s", output).isZero();
				return output.stream()
					.filter((line) -> line.startsWith(ProbeMatrix.REPORT))
					.map((line) -> line.substring(ProbeMatrix.REPORT.length()).split("\\|", 4))
					.map((fields) -> new ProbeMatrix.Line(fields[0], fields[1], fields[2], fields[3]))
					.toList();
			}

		};

		abstract List<ProbeMatrix.Line> run(Path keys, boolean starter) throws Exception;

	}

}
