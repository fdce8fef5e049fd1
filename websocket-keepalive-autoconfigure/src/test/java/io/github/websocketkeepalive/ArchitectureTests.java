package io.github.websocketkeepalive;

import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

/**
 * What holds for the code of the keepalive as a whole.
 */
class ArchitectureTests extends ModuleArchitecture {

	ArchitectureTests() {
		super(ROOT);
	}

	@Test
	void theCoreIsPureJava() {
		ArchRuleDefinition.classes()
			.that()
			.resideInAPackage(ROOT + ".liveness")
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage("java..", "org.jspecify.annotations", ROOT, ROOT + ".liveness")
			.check(this.classes);
	}

	@Test
	void heartbeatsStayOnTheirEventLoop() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage(in("heartbeat"), in("eventloop"), in("transport"))
			.should()
			.dependOnClassesThat()
			.areAssignableTo(Schedulers.class)
			.check(this.classes);
	}

}
