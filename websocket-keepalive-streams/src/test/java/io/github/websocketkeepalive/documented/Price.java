package io.github.websocketkeepalive.documented;

/**
 * A message.
 *
 * @param amount what it tells
 */
public record Price(int amount) {

}
