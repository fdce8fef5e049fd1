/**
 * The formats that frames are written in, as Jackson reads and writes them.
 */
@NullMarked
package io.github.websocketkeepalive.stream.codec.format;

import org.jspecify.annotations.NullMarked;
