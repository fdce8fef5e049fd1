package io.github.websocketkeepalive.browser;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

class BrowserClientScriptTests {

	private final WebTestClient client = WebTestClient.bindToRouterFunction(BrowserClientScript.at("/client.js"))
		.build();

	@Test
	void isTheModuleThatIsPublished() throws Exception {
		byte[] published = Files.readAllBytes(Path.of("..", "browser-client", "websocket-keepalive.js"));
		assertThat(get().expectBody().returnResult().getResponseBody()).isEqualTo(published);
	}

	@Test
	void isJavaScriptToEveryBrowser() {
		get().expectStatus()
			.isOk()
			.expectHeader()
			.valueEquals(HttpHeaders.CONTENT_TYPE, "text/javascript;charset=UTF-8");
	}

	@Test
	void isKeptByBrowsersButRevalidated() {
		String etag = get().expectHeader()
			.valueEquals(HttpHeaders.CACHE_CONTROL, "no-cache")
			.expectBody()
			.returnResult()
			.getResponseHeaders()
			.getETag();
		assertThat(etag).matches("\"[0-9a-f]{32}\"");
		this.client.get()
			.uri("/client.js")
			.header(HttpHeaders.IF_NONE_MATCH, etag)
			.exchange()
			.expectStatus()
			.isNotModified()
			.expectBody()
			.isEmpty();
		this.client.get()
			.uri("/client.js")
			.header(HttpHeaders.IF_NONE_MATCH, "\"other\"")
			.exchange()
			.expectStatus()
			.isOk();
	}

	@Test
	void hasItsWorkerBesideIt() throws Exception {
		String published = Files.readString(Path.of("..", "browser-client", "websocket-keepalive-worker.js"));
		assertThat(worker("/websocket-keepalive.js", "/websocket-keepalive-worker.js")).isEqualTo(published);
	}

	@Test
	void isWhatItsWorkerImportsWhateverItsName() {
		assertThat(worker("/js/ws.js", "/js/websocket-keepalive-worker.js")).contains("from './ws.js'")
			.doesNotContain("/websocket-keepalive.js");
	}

	@Test
	void isNowhereElse() {
		this.client.get().uri("/other.js").exchange().expectStatus().isNotFound();
	}

	private static String worker(String path, String workerPath) {
		return WebTestClient.bindToRouterFunction(BrowserClientScript.at(path))
			.build()
			.get()
			.uri(workerPath)
			.exchange()
			.expectHeader()
			.valueEquals(HttpHeaders.CONTENT_TYPE, "text/javascript;charset=UTF-8")
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
	}

	private WebTestClient.ResponseSpec get() {
		return this.client.get().uri("/client.js").exchange();
	}

}
