package io.github.websocketkeepalive.drain;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationEventPublisher;

import io.github.websocketkeepalive.admission.AdmissionGate;

/**
 * Closes the gate to new WebSockets, and tells load balancers by the readiness of the
 * application.
 */
public final class AdmissionSwitch implements TrafficSwitch {

	private final AdmissionGate gate;

	private final ApplicationEventPublisher publisher;

	private final ApplicationAvailability availability;

	/**
	 * Create a switch.
	 * @param gate what new WebSockets have to pass
	 * @param publisher where changes are published
	 * @param availability the present state
	 */
	public AdmissionSwitch(AdmissionGate gate, ApplicationEventPublisher publisher,
			ApplicationAvailability availability) {
		this.gate = gate;
		this.publisher = publisher;
		this.availability = availability;
	}

	@Override
	public void refuse() {
		this.gate.close();
		publish(ReadinessState.REFUSING_TRAFFIC);
	}

	@Override
	public void accept() {
		this.gate.open();
		publish(ReadinessState.ACCEPTING_TRAFFIC);
	}

	// When the application shuts down it has published its state itself.
	private void publish(ReadinessState state) {
		if (this.availability.getReadinessState() != state) {
			AvailabilityChangeEvent.publish(this.publisher, this, state);
		}
	}

}
