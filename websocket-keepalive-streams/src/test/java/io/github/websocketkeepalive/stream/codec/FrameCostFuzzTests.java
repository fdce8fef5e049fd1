package io.github.websocketkeepalive.stream.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Whatever a client sends, in any format: to read it costs no more time and memory than
 * its bytes are worth, and no source is given a value that costs more.
 */
class FrameCostFuzzTests {

	private static final FrameCost cost = new FrameCost();

	@FuzzTest
	void noFrameIsExpensive(byte[] recipe) {
		cost.check(recipe);
	}

}
