package io.github.websocketkeepalive;

/**
 * What Spring Boot finds of streams without being told.
 */
class StreamFactoriesTests extends FactoriesTests {

	@Override
	String root() {
		return "io.github.websocketkeepalive.stream";
	}

}
