package io.github.websocketkeepalive.contract;

import java.io.IOException;

import io.github.websocketkeepalive.test.RawClient;

class ServerConformanceTests extends ConformanceTests {

	ServerConformanceTests() {
		super(true);
	}

	@Override
	RawClient connect(String path, String... headers) throws IOException {
		return RawClient.connect(server.port(), path, headers);
	}

}
