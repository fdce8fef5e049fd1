package io.github.websocketkeepalive.documented;

/**
 * A row.
 *
 * @param id its number
 */
public record Trade(long id) {

}
