/**
 * Encodings of the frames: JSON, CBOR and MessagePack.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.stream.codec;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
