package io.github.websocketkeepalive.mapping;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Serves a {@code WebSocketHandler} bean at one or more paths. Goes on the class of the
 * bean or on its {@code @Bean} method. Subprotocols are those of
 * {@code WebSocketHandler#getSubProtocols}.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface WebSocketMapping {

	/**
	 * The paths, as patterns of Spring's {@code PathPattern}.
	 * @return at least one path
	 */
	String[] value();

	/**
	 * Whether the handler runs away from the event loop, because it blocks: on the
	 * bounded elastic scheduler, or on virtual threads where the application uses them.
	 * Signals stay in order and queues are bounded.
	 * @return {@code false} if the handler never blocks
	 */
	boolean offload() default false;

}
