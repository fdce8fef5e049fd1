package io.github.websocketkeepalive.stream.autoconfigure;

import org.junit.jupiter.api.Test;
import org.msgpack.core.buffer.MessageBuffer;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.test.context.FilteredClassLoader;

import static org.assertj.core.api.Assertions.assertThat;

class MessagePackRuntimeHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	@Test
	void theBufferThatTheLibraryChoosesIsRegistered() {
		new MessagePackRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(MessageBuffer.allocate(1).getClass())
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(this.hints);
	}

	@Test
	void nothingIsRegisteredWithoutTheLibrary() {
		new MessagePackRuntimeHints().registerHints(this.hints, new FilteredClassLoader("org.msgpack"));
		assertThat(this.hints.reflection().typeHints()).isEmpty();
	}

}
