package io.github.websocketkeepalive;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What holds for the code of streams as a whole.
 */
class StreamArchitectureTests extends ModuleArchitecture {

	StreamArchitectureTests() {
		super(ROOT + ".stream");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					stream               |
					stream.protocol      | stream
					stream.codec.msgpack |
					stream.codec         | stream stream.protocol stream.codec.msgpack
					stream.session       | stream
					stream.topic         | stream stream.protocol
					stream.redis         |
					stream.session.redis | stream.redis stream.session
					stream.topic.redis   | stream stream.redis stream.topic
					stream.server        | connection eventloop stream stream.protocol stream.codec stream.session
					stream.client        | connection client client.handshake client.reconnect stream stream.protocol stream.codec
					stream.metrics       | stream.protocol stream.server
					stream.health        | health stream.topic
					""")
	void aPackageSeesOnlyPackagesBelowIt(String name, String allowed) {
		check(name, allowed);
	}

	@Override
	String[] layers() {
		return new String[] { "stream" };
	}

}
