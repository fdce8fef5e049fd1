package io.github.websocketkeepalive.sample;

import java.math.BigDecimal;

/**
 * A row.
 *
 * @param id counts from 1, without a gap
 * @param symbol what was traded
 * @param quantity how much of it
 * @param price for how much
 */
record Trade(long id, String symbol, int quantity, BigDecimal price) {
}
