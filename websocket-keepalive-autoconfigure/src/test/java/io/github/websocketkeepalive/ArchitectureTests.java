package io.github.websocketkeepalive;

import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.scheduler.Schedulers;

/**
 * What holds for the code of the keepalive as a whole.
 */
class ArchitectureTests extends ModuleArchitecture {

	ArchitectureTests() {
		super(ROOT);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					peer       |
					listener   |
					task       |
					text       |
					liveness   |
					connection | liveness
					eventloop  | liveness
					transport  | liveness connection
					guard      | connection
					browser    |
					probe      | connection transport
					logging    | connection liveness
					heartbeat.foreign | connection
					heartbeat.close | connection transport
					heartbeat  | liveness connection eventloop transport guard browser logging heartbeat.foreign heartbeat.close
					mapping    |
					admission.limit |
					admission  | liveness connection admission.limit
					drain      | connection admission
					server.admission | admission
					server     | liveness connection eventloop transport heartbeat probe logging mapping admission server.admission
					client     | liveness connection eventloop transport heartbeat logging client.handshake client.reconnect
					client.reconnect | connection
					client.handshake | connection client.reconnect
					client.shared    | client client.handshake client.reconnect
					metrics    | liveness connection eventloop client probe admission drain
					health     | liveness connection eventloop drain admission admission.limit
					endpoint   | liveness connection drain probe admission
					""")
	void aPackageSeesOnlyPackagesBelowIt(String name, String allowed) {
		check(name, allowed);
	}

	@Override
	String[] layers() {
		return new String[] { "peer", "listener", "task", "text", "liveness", "connection", "eventloop", "transport",
				"guard", "heartbeat", "admission", "probe", "browser", "drain", "logging", "mapping", "server",
				"client", "metrics", "health", "endpoint", "autoconfigure" };
	}

	@Test
	void theCoreIsPureJava() {
		ArchRuleDefinition.classes()
			.that()
			.resideInAPackage(ROOT + ".liveness")
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage("java..", "org.jspecify.annotations", ROOT + ".liveness")
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
