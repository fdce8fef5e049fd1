package io.github.websocketkeepalive.stream.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Whatever bytes a peer sends as MessagePack: they are a frame, or it is told what is
 * wrong.
 */
class MessagePackFormatFuzzTests {

	private static final FrameFuzzer fuzzer = new FrameFuzzer("resumable.v1.msgpack");

	@FuzzTest
	void noBytesEscape(byte[] bytes) {
		fuzzer.read(bytes);
	}

}
