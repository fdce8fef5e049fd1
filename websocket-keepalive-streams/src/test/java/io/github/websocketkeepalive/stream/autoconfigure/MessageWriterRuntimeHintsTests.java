package io.github.websocketkeepalive.stream.autoconfigure;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.netty.channel.ChannelHandler;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

import static org.assertj.core.api.Assertions.assertThat;

class MessageWriterRuntimeHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	@Test
	void everyChannelHandlerOfStreamsIsRegistered() {
		new MessageWriterRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
		assertThat(new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.importPackages("io.github.websocketkeepalive.stream")
			.that(JavaClass.Predicates.assignableTo(ChannelHandler.class)))
			.isNotEmpty()
			.allSatisfy((handler) -> assertThat(RuntimeHintsPredicates.reflection()
				.onType(TypeReference.of(handler.getName()))
				.withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS)).accepts(this.hints));
	}

}
