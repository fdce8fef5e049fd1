package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What it costs those who are no probes that probes are watched for.
 */
@Tag("load")
class ProbeCostTests {

	private static final Logger logger = LoggerFactory.getLogger(ProbeCostTests.class);

	private static final double LIMIT = 1.02;

	@Test
	void messagesAndRequestsTakeNoMoreThanTwoPercentLonger() throws Exception {
		Map<String, CostComparison.Ratio> costs = compare("probe");
		// Of eight starts, all are above by chance alone in one case of 256.
		assertThat(costs.get("ECHO on/off").low()).isPositive().isLessThanOrEqualTo(LIMIT);
		assertThat(costs.get("REQUESTS on/off").low()).isPositive().isLessThanOrEqualTo(LIMIT);
		assertThat(costs).containsKeys("CONNECTIONS on/off", "ECHO on/absent");
	}

	@Test
	void theCostOfMdcIsReported() throws Exception {
		assertThat(compare("mdc")).containsKeys("ECHO netty/off", "ECHO netty/auto");
	}

	private static Map<String, CostComparison.Ratio> compare(String what) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx512m", "-Djava.net.preferIPv4Stack=true", "-cp", System.getProperty("java.class.path"),
				CostComparison.class.getName(), what)
			.redirectErrorStream(true)
			.start();
		List<String> output = process.inputReader().lines().toList();
		assertThat(process.waitFor()).as("%s", output).isZero();
		List<String[]> costs = output.stream()
			.filter((line) -> line.startsWith(CostComparison.REPORT))
			.map((line) -> line.substring(CostComparison.REPORT.length()).split("\\|"))
			.toList();
		costs.forEach((cost) -> logger.info("{}: {} to {} costs {} [{}, {}]", (Object[]) cost));
		return costs.stream()
			.collect(Collectors.toMap((cost) -> cost[0] + " " + cost[1] + "/" + cost[2],
					(cost) -> CostComparison.Ratio.parse(cost[3], cost[4], cost[5])));
	}

}
