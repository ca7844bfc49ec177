// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Reads a certificate and its key, and makes of them what TLS needs. */
final class KeyPairFiles {
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
  private static final String PKCS8 = "PRIVATE KEY";

  private final TlsFiles files;

  private KeyPairFiles(TlsFiles files) {
    this.files = files;
  }

  static SSLContext read(TlsFiles files, Instant now) throws TlsFileException {
    return new KeyPairFiles(files).read(now);
  }

  private SSLContext read(Instant now) throws TlsFileException {
    Certificate[] chain = chain();
    X509Certificate own = (X509Certificate) chain[0];
    checkTime(own, now);
    PrivateKey key = key(own.getPublicKey());
    checkPair(own, key);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", key, new char[0], chain);
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new TlsFileException(
          files.certificate(), "the certificate cannot be used with TLS: " + e.getMessage());
    }
  }

  private Certificate[] chain() throws TlsFileException {
    byte[] bytes = withoutKeys(bytes(files.certificate()));
    Collection<? extends Certificate> chain;
    try {
      chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes));
    } catch (CertificateException e) {
      throw new TlsFileException(
          files.certificate(),
          "expected certificates in PEM, found what is none: " + e.getMessage());
    }
    if (chain.isEmpty()) {
      throw new TlsFileException(
          files.certificate(),
          "expected -----BEGIN CERTIFICATE-----, found no certificate; name the file with the"
              + " certificate chain");
    }
    X509Certificate before = null;
    for (Certificate each : chain) {
      X509Certificate next = (X509Certificate) each;
      if (before != null
          && !before.getIssuerX500Principal().equals(next.getSubjectX500Principal())) {
        throw new TlsFileException(
            files.certificate(),
            "expected the certificate of %s after that of %s, which it signed, found that of %s; put"
                    .formatted(
                        before.getIssuerX500Principal(),
                        before.getSubjectX500Principal(),
                        next.getSubjectX500Principal())
                + " the server's first, and after each the one that signed it");
      }
      before = next;
    }
    return chain.toArray(Certificate[]::new);
  }

  /** Certificates and their key may be in one file; what reads the first cannot read the other. */
  private static byte[] withoutKeys(byte[] file) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    return PEM.matcher(text)
        .replaceAll(
            each -> each.group(1).endsWith(PKCS8) ? "" : Matcher.quoteReplacement(each.group()))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private void checkTime(X509Certificate own, Instant now) throws TlsFileException {
    Instant from = own.getNotBefore().toInstant();
    Instant until = own.getNotAfter().toInstant();
    if (now.isBefore(from) || now.isAfter(until)) {
      throw new TlsFileException(
          files.certificate(),
          "expected a certificate that is valid now, found one of %s that is valid from %s until"
                  .formatted(own.getSubjectX500Principal(), from)
              + " %s, and now is %s; renew it".formatted(until, now));
    }
  }

  private PrivateKey key(PublicKey of) throws TlsFileException {
    String text = new String(bytes(files.key()), StandardCharsets.ISO_8859_1);
    Matcher pem = PEM.matcher(text);
    String found = "no PEM at all";
    while (pem.find()) {
      if (pem.group(1).equals(PKCS8)) {
        return decode(pem.group(2), of);
      }
      found = "-----BEGIN " + pem.group(1) + "-----";
    }
    throw new TlsFileException(
        files.key(),
        "expected -----BEGIN PRIVATE KEY-----, found %s; convert a key with: openssl pkcs8 -topk8"
                .formatted(found)
            + " -nocrypt -in OLD -out NEW");
  }

  private PrivateKey decode(String base64, PublicKey of) throws TlsFileException {
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(base64);
      return KeyFactory.getInstance(of.getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new TlsFileException(
          files.key(),
          "expected the %s key of the certificate in %s, found what is no such key: %s"
              .formatted(of.getAlgorithm(), files.certificate(), e.getMessage()));
    }
  }

  /** Only the right key makes signatures that the certificate confirms. */
  private void checkPair(X509Certificate own, PrivateKey key) throws TlsFileException {
    PublicKey of = own.getPublicKey();
    boolean right = false;
    try {
      byte[] text = {1, 2, 3};
      Signature signature = Signature.getInstance(signature(of.getAlgorithm()));
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(of);
      signature.update(text);
      right = signature.verify(signed);
    } catch (GeneralSecurityException e) {
      // Keys of different sizes: they do not belong together either.
    }
    if (!right) {
      throw new TlsFileException(
          files.key(),
          "expected the key of the certificate of %s in %s, found another one; name the key that"
                  .formatted(own.getSubjectX500Principal(), files.certificate())
              + " the certificate was made for, and put the server's certificate first");
    }
  }

  private String signature(String algorithm) throws TlsFileException {
    return switch (algorithm) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      case "EdDSA", "Ed25519" -> "EdDSA";
      default ->
          throw new TlsFileException(
              files.certificate(),
              "expected a certificate for an RSA, EC or Ed25519 key, found one for %s; make another"
                  .formatted(algorithm));
    };
  }

  private static byte[] bytes(Path file) throws TlsFileException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new TlsFileException(file, "not found; name a file that exists");
    } catch (AccessDeniedException e) {
      throw new TlsFileException(file, "access is denied; let this user read it");
    } catch (IOException e) {
      throw new TlsFileException(file, "cannot be read: " + e.getMessage());
    }
  }
}
