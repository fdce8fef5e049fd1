package io.github.websocketkeepalive.stream.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Whatever bytes a peer sends as JSON: they are a frame, or it is told what is wrong.
 */
class JsonFormatFuzzTests {

	private static final FrameFuzzer fuzzer = new FrameFuzzer("resumable.v1.json");

	@FuzzTest
	void noBytesEscape(byte[] bytes) {
		fuzzer.read(bytes);
	}

}
