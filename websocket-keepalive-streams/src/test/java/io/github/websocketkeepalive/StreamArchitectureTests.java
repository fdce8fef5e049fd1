package io.github.websocketkeepalive;

/**
 * What holds for the code of streams as a whole.
 */
class StreamArchitectureTests extends ModuleArchitecture {

	StreamArchitectureTests() {
		super(ROOT + ".stream");
	}

}
