package io.github.websocketkeepalive.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.util.Assert;

/**
 * A key store with a certificate for localhost, made by the tool of the JDK.
 */
public final class SelfSignedKeyStore {

	public static final String PASSWORD = "changeit";

	private SelfSignedKeyStore() {
	}

	/**
	 * Return the key store of a directory, made when it is first asked for.
	 */
	public static Path in(Path directory) throws IOException, InterruptedException {
		Path file = directory.resolve("localhost.p12");
		if (Files.exists(file)) {
			return file;
		}
		Path log = directory.resolve("keytool.log");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "localhost", "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-keyalg",
				"EC", "-groupname", "secp256r1", "-validity", "1", "-storetype", "PKCS12", "-storepass", PASSWORD,
				"-keystore", file.toString())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		Assert.state(keytool.waitFor() == 0, () -> "keytool failed, see " + log);
		return file;
	}

}
