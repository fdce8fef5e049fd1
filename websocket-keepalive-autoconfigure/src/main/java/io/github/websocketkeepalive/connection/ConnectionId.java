package io.github.websocketkeepalive.connection;

import java.nio.charset.StandardCharsets;

import io.github.websocketkeepalive.Internal;

/**
 * Derives the short id of a connection from the long one of its session, so that either
 * of them finds it without a second index.
 */
@Internal
public final class ConnectionId {

	private static final int LENGTH = 12;

	private static final char[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();

	private ConnectionId() {
	}

	/**
	 * Return the short id for a session id.
	 * @param sessionId an id that is unique in the cluster, as those of Netty's channels
	 * are
	 * @return 60 bits of its hash, as 12 characters of Crockford's base 32
	 */
	public static String of(String sessionId) {
		long hash = hash(sessionId);
		char[] id = new char[LENGTH];
		for (int i = 0; i < LENGTH; i++) {
			id[i] = ALPHABET[(int) (hash >>> (59 - 5 * i)) & 31];
		}
		return new String(id);
	}

	// FNV-1a over the bytes, then the finalizer of MurmurHash3: the ids of channels that
	// differ in little shall differ from their first character on.
	private static long hash(String text) {
		long hash = 0xcbf29ce484222325L;
		for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
			hash = (hash ^ b) * 0x100000001b3L;
		}
		hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
		hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
		return hash ^ (hash >>> 33);
	}

}
