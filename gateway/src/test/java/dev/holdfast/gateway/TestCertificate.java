// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.gateway.tls.TlsFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate for localhost that nobody signed but itself, made by the JDK's keytool.
 *
 * @param certificate in PEM
 * @param key in PEM, PKCS#8
 * @param store has both
 */
record TestCertificate(String certificate, String key, KeyStore store) {
  static final String PASSWORD = "password";

  /**
   * Makes one.
   *
   * @param options more of keytool's, such as {@code -startdate -10d -validity 5}
   */
  static TestCertificate create(Path folder, String name, String algorithm, String... options)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path file = folder.resolve(name + ".p12");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "a",
                "-dname",
                "CN=" + name,
                "-keyalg",
                algorithm,
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString()));
    command.addAll(List.of(options));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException(said);
    }
    KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    return new TestCertificate(
        pem("CERTIFICATE", store.getCertificate("a").getEncoded()),
        pem("PRIVATE KEY", store.getKey("a", PASSWORD.toCharArray()).getEncoded()),
        store);
  }

  static String pem(String what, byte[] bytes) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, text, what);
  }

  /** Writes it where {@code files} says. */
  void writeTo(TlsFiles files) throws IOException {
    Files.writeString(files.certificate(), certificate);
    Files.writeString(files.key(), key);
  }

  /** What a client needs that trusts this certificate alone. */
  SSLContext trusting() throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("a", store.getCertificate("a"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  X509Certificate x509() throws GeneralSecurityException {
    return (X509Certificate) store.getCertificate("a");
  }
}
