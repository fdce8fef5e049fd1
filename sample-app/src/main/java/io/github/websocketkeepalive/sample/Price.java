package io.github.websocketkeepalive.sample;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * A message.
 *
 * @param symbol what has a price
 * @param price the price
 * @param at when it had it
 */
record Price(String symbol, BigDecimal price, Instant at) {
}
