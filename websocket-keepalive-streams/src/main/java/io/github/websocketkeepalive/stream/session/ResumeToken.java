package io.github.websocketkeepalive.stream.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * The secret that continues a session. Only its hash is ever kept, and only together with
 * whose it is: in other hands it opens nothing, and is not used up either.
 */
public final class ResumeToken {

	private static final int BYTES = 16;

	private static final SecureRandom RANDOM = new SecureRandom();

	private final byte[] secret;

	private ResumeToken(byte[] secret) {
		this.secret = secret;
	}

	/**
	 * Create a token that nobody can guess.
	 * @return 128 random bits
	 */
	public static ResumeToken create() {
		byte[] secret = new byte[BYTES];
		RANDOM.nextBytes(secret);
		return new ResumeToken(secret);
	}

	/**
	 * Read a token.
	 * @param text what a client sent
	 * @return the token, or {@code null} if it is none
	 */
	public static @Nullable ResumeToken parse(String text) {
		try {
			byte[] secret = Base64.getUrlDecoder().decode(text);
			return (secret.length == BYTES) ? new ResumeToken(secret) : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * Return the token as it is sent to its client, and to nobody else.
	 * @return 22 characters, safe in URLs
	 */
	public String text() {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(this.secret);
	}

	/**
	 * Return under which key a session is kept.
	 * @param principal the name of the user, or {@code null} if there is none
	 * @return the hash of the token and the name (SHA-256), 64 hexadecimal digits
	 */
	public String key(@Nullable String principal) {
		MessageDigest digest = sha256();
		digest.update(this.secret);
		if (principal != null) {
			digest.update((byte) 1);
			digest.update(principal.getBytes(StandardCharsets.UTF_8));
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	@Override
	public String toString() {
		return "ResumeToken";
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
