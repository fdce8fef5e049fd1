package io.github.websocketkeepalive.drain;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationEventPublisher;

import io.github.websocketkeepalive.Internal;

/**
 * Tells load balancers by the readiness of the application.
 */
@Internal
public final class ReadinessSwitch implements TrafficSwitch {

	private final ApplicationEventPublisher publisher;

	private final ApplicationAvailability availability;

	/**
	 * Create a switch.
	 * @param publisher where changes are published
	 * @param availability the present state
	 */
	public ReadinessSwitch(ApplicationEventPublisher publisher, ApplicationAvailability availability) {
		this.publisher = publisher;
		this.availability = availability;
	}

	@Override
	public void refuse() {
		publish(ReadinessState.REFUSING_TRAFFIC);
	}

	@Override
	public void accept() {
		publish(ReadinessState.ACCEPTING_TRAFFIC);
	}

	// When the application shuts down it has published its state itself.
	private void publish(ReadinessState state) {
		if (this.availability.getReadinessState() != state) {
			AvailabilityChangeEvent.publish(this.publisher, this, state);
		}
	}

}
