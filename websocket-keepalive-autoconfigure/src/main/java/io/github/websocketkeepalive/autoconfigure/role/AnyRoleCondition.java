package io.github.websocketkeepalive.autoconfigure.role;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnNotWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Conditional;

import io.github.websocketkeepalive.Internal;

/**
 * Matches if there can be WebSockets worth showing: those of a server, or those of an
 * application that is only a client. Elsewhere health, endpoint and meters would show
 * nothing but zeros, and look as if all was well.
 */
@Internal
public final class AnyRoleCondition extends AnyNestedCondition {

	AnyRoleCondition() {
		super(ConfigurationPhase.REGISTER_BEAN);
	}

	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@Conditional(ServerRoleCondition.class)
	static class Server {

	}

	@ConditionalOnNotWebApplication
	static class WithoutAServer {

	}

	@ConditionalOnBooleanProperty(ServerRoleCondition.CLIENT_ONLY)
	static class ClientOnly {

	}

}
