package io.github.websocketkeepalive.endpoint;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.liveness.Liveness;
import io.github.websocketkeepalive.probe.Probe;
import io.github.websocketkeepalive.probe.ProbeSources;
import io.github.websocketkeepalive.test.Listening;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;

class WebSocketsEndpointTests {

	private static final String[] ASCENDING_IDS_WITH_DESCENDING_HASHES = { "ao", "bm", "ck", "di" };

	private final ConnectionRegistry registry = new ConnectionRegistry(Listening.by(ConnectionListener.class));

	private final ProbeSources probes = new ProbeSources(System::nanoTime);

	private final WebSocketsEndpoint endpoint = new WebSocketsEndpoint(this.registry, null, this.probes);

	@Test
	void listsAllConnectionsInTheOrderOfTheirIds() {
		open(ASCENDING_IDS_WITH_DESCENDING_HASHES);
		WebSocketsDescriptor list = list(null, null);
		assertThat(list.total()).isEqualTo(4);
		assertThat(ids(list)).containsExactly(ASCENDING_IDS_WITH_DESCENDING_HASHES);
	}

	@Test
	void listsNothingWhenNothingIsOpen() {
		assertThat(list(null, null)).isEqualTo(new WebSocketsDescriptor(0, List.of()));
	}

	@Test
	void listsOnlyConnectionsOfAnEndpoint() {
		open("a").endpoint("/ws/prices/{symbol}");
		open("b").endpoint("/ws/echo");
		assertThat(ids(body(this.endpoint.list("/ws/prices/{symbol}", null, null, null, null, null))))
			.containsExactly("a");
	}

	@Test
	void listsOnlyConnectionsOfALiveness() {
		open("a").heldBy(HoldReason.BACKPRESSURE);
		open("b").liveness(Liveness.AWAITING_PONG);
		assertThat(ids(body(this.endpoint.list(null, "held", null, null, null, null)))).containsExactly("a");
		for (String liveness : List.of("awaiting-pong", "AWAITING_PONG", "awaitingPong")) {
			assertThat(ids(body(this.endpoint.list(null, liveness, null, null, null, null)))).containsExactly("b");
		}
	}

	@Test
	void listsOnlyConnectionsOfARole() {
		open("a").role(Role.CLIENT);
		open("b").role(Role.SERVER);
		assertThat(ids(body(this.endpoint.list(null, null, "client", null, null, null)))).containsExactly("a");
	}

	@Test
	void listsOnlyConnectionsOfAnAddress() {
		open("a").remoteAddress(new InetSocketAddress("192.0.2.7", 1));
		open("b").remoteAddress(new InetSocketAddress("192.0.2.8", 1));
		open("c");
		assertThat(ids(body(this.endpoint.list(null, null, null, "192.0.2.7", null, null)))).containsExactly("a");
	}

	@ParameterizedTest
	@ValueSource(strings = { "2001:db8::7", "[2001:db8::7]", "2001:DB8:0:0::7", "2001:db8:0:0:0:0:0:7",
			"[2001:db8:0:0:0:0:0:7]:4711", "[2001:db8::7]:4711" })
	void anAddressOfIpv6IsFoundHoweverItIsWritten(String address) {
		open("a").remoteAddress(new InetSocketAddress("2001:db8::7", 4711));
		open("b").remoteAddress(new InetSocketAddress("2001:db8::8", 4711));
		assertThat(ids(body(this.endpoint.list(null, null, null, address, null, null)))).containsExactly("a");
	}

	@ParameterizedTest
	@ValueSource(strings = { "[2001:db8::7]", "2001:db8::7" })
	void anAddressThatIsNotResolvedIsFoundByItsText(String host) {
		open("a").remoteAddress(InetSocketAddress.createUnresolved(host, 0));
		open("b").remoteAddress(InetSocketAddress.createUnresolved("client.example", 4711));
		assertThat(ids(body(this.endpoint.list(null, null, null, "2001:db8::7", null, null)))).containsExactly("a");
		assertThat(ids(body(this.endpoint.list(null, null, null, "client.example", null, null)))).containsExactly("b");
		assertThat(ids(body(this.endpoint.list(null, null, null, "client.example:4711", null, null))))
			.containsExactly("b");
	}

	@Test
	void listsOnlyConnectionsThatMatchAllFilters() {
		open("a").role(Role.CLIENT).endpoint("/ws");
		open("b").role(Role.CLIENT);
		open("c").endpoint("/ws");
		WebSocketsDescriptor list = body(this.endpoint.list("/ws", null, "client", null, null, null));
		assertThat(list.total()).isEqualTo(1);
		assertThat(ids(list)).containsExactly("a");
	}

	@Test
	void listsAHundredConnectionsUnlessTold() {
		for (int i = 0; i < 101; i++) {
			open("id-%03d".formatted(i));
		}
		WebSocketsDescriptor list = list(null, null);
		assertThat(list.total()).isEqualTo(101);
		assertThat(list.connections()).hasSize(100);
	}

	@Test
	void pagesOnFromTheLastIdAndCountsAllPages() {
		open("d", "b", "a", "c");
		WebSocketsDescriptor first = list(3, null);
		WebSocketsDescriptor second = list(3, "c");
		assertThat(ids(first)).containsExactly("a", "b", "c");
		assertThat(ids(second)).containsExactly("d");
		assertThat(first.total()).isEqualTo(4);
		assertThat(second.total()).isEqualTo(4);
	}

	@Test
	void pagesOnFromAnIdThatHasClosedMeanwhile() {
		open("a", "c");
		assertThat(ids(list(1, "b"))).containsExactly("c");
	}

	@Test
	void countsWithoutListingWhenTheLimitIsZero() {
		open("a", "b");
		assertThat(list(0, null)).isEqualTo(new WebSocketsDescriptor(2, List.of()));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-", textBlock = """
			sleepy | -        | -    | There is no liveness 'sleepy'; use one of alive, awaiting-pong, held, dead
			-      | x        | -    | There is no role 'x'; use one of server, client
			-      | -        | -1   | The limit must not be negative
			-      | -        | many | The limit 'many' is not a whole number
			""")
	void refusesAFilterThatCannotMatchAndSaysWhatCan(String liveness, String role, String limit, String message) {
		open("a");
		WebEndpointResponse<?> response = this.endpoint.list(null, liveness, role, null, limit, null);
		assertThat(response.getStatus()).isEqualTo(400);
		assertThat(response.getBody()).isEqualTo(Map.of("message", message));
	}

	@Test
	void aFilterWithoutTextIsNone() {
		open("a", "b");
		WebSocketsDescriptor all = body(this.endpoint.list("", "", "", "", "", null));
		assertThat(ids(all)).containsExactly("a", "b");
	}

	@Test
	void showsAConnectionByItsId() {
		open("a", "b");
		assertThat(this.endpoint.show("b")).isInstanceOfSatisfying(WebSocketDescriptor.class,
				(connection) -> assertThat(connection.id()).isEqualTo("b"));
	}

	@Test
	void showsNothingForAnIdThatIsNotOpen() {
		open("a");
		assertThat(this.endpoint.show("b")).isNull();
	}

	@Test
	void showsWhereProbesComeFrom() {
		this.probes.onProbe(new Probe("192.0.2.1", Probe.Kind.EMPTY_TCP, Probe.End.RESET));
		assertThat(this.endpoint.show("probes")).isInstanceOfSatisfying(ProbesDescriptor.class, (probes) -> {
			assertThat(probes.total()).isEqualTo(1);
			assertThat(probes.sources()).singleElement().satisfies((source) -> {
				assertThat(source.remoteAddress()).isEqualTo("192.0.2.1");
				assertThat(source.kinds()).containsExactly(Map.entry("empty-tcp", 1L));
				assertThat(source.ends()).containsExactly(Map.entry("reset", 1L));
				assertThat(source.periodMillis()).isNull();
			});
		});
	}

	@Test
	void showsNoProbesWhereTheyAreNotCounted() {
		assertThat(new WebSocketsEndpoint(this.registry, null, null).show("probes")).isNull();
	}

	@Test
	void closesNormallyUnlessTold() {
		StubConnection connection = open("a");
		assertThat(this.endpoint.close("a", null, null).getStatus()).isEqualTo(204);
		assertThat(connection.closedAs()).isEqualTo("operator 1000 ");
	}

	@Test
	void closesOnlyTheConnectionOfTheIdWithCodeAndReason() {
		StubConnection closed = open("a");
		StubConnection other = open("b");
		assertThat(this.endpoint.close("a", "4001", "moved").getStatus()).isEqualTo(204);
		assertThat(closed.closedAs()).isEqualTo("operator 4001 moved");
		assertThat(other.closedAs()).isNull();
	}

	@Test
	void closesNothingForAnIdThatIsNotOpen() {
		assertThat(this.endpoint.close("a", null, null).getStatus()).isEqualTo(404);
	}

	@Test
	void refusesACodeThatMayNotBeSent() {
		StubConnection connection = open("a");
		WebEndpointResponse<Map<String, String>> response = this.endpoint.close("a", "1006", null);
		assertThat(response.getStatus()).isEqualTo(400);
		assertThat(response.getBody().get("message")).contains("Close code 1006 may not be sent");
		assertThat(connection.closedAs()).isNull();
	}

	@Test
	void refusesACodeThatIsNoNumber() {
		StubConnection connection = open("a");
		WebEndpointResponse<Map<String, String>> response = this.endpoint.close("a", "normal", null);
		assertThat(response.getStatus()).isEqualTo(400);
		assertThat(response.getBody().get("message")).isEqualTo("The close code 'normal' is not a whole number");
		assertThat(connection.closedAs()).isNull();
	}

	@Test
	void refusesAReasonThatIsTooLong() {
		StubConnection connection = open("a");
		WebEndpointResponse<Map<String, String>> response = this.endpoint.close("a", null, "x".repeat(124));
		assertThat(response.getStatus()).isEqualTo(400);
		assertThat(response.getBody().get("message")).contains("123 bytes");
		assertThat(connection.closedAs()).isNull();
	}

	private StubConnection open(String id) {
		StubConnection connection = StubConnection.withId(id);
		this.registry.opened(connection);
		return connection;
	}

	private void open(String... ids) {
		for (String id : ids) {
			open(id);
		}
	}

	private WebSocketsDescriptor list(Integer limit, String after) {
		return body(this.endpoint.list(null, null, null, null, (limit != null) ? limit.toString() : null, after));
	}

	private static WebSocketsDescriptor body(WebEndpointResponse<?> response) {
		assertThat(response.getStatus()).isEqualTo(200);
		return (WebSocketsDescriptor) response.getBody();
	}

	private static List<String> ids(WebSocketsDescriptor list) {
		return list.connections().stream().map(WebSocketDescriptor::id).toList();
	}

}
