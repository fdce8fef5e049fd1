/**
 * Encodings of the frames: JSON, CBOR and MessagePack.
 */
@NullMarked
package io.github.websocketkeepalive.stream.codec;

import org.jspecify.annotations.NullMarked;
