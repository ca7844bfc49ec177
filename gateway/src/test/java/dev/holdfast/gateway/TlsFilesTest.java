// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.gateway.tls.TlsFileException;
import dev.holdfast.gateway.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files for TLS that cannot be used are told with what is wrong and what to do. */
class TlsFilesTest {
  private static TestCertificate ec;
  private static TestCertificate rsa;

  @TempDir private Path folder;
  private TlsFiles files;

  @BeforeAll
  static void makeCertificates(@TempDir Path keys) throws Exception {
    ec = TestCertificate.create(keys, "ec", "EC");
    rsa = TestCertificate.create(keys, "rsa", "RSA");
  }

  @BeforeEach
  void writeFiles() throws IOException {
    files = new TlsFiles(folder.resolve("chain.pem"), folder.resolve("key.pem"));
    ec.writeTo(files);
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void keys_of_the_usual_kinds_can_be_used(String algorithm) throws Exception {
    TestCertificate.create(folder, "a", algorithm).writeTo(files);
    assertThatCode(() -> files.check(Instant.now())).doesNotThrowAnyException();
  }

  @Test
  void what_stands_around_certificate_and_key_is_passed_over() throws IOException {
    Files.writeString(files.certificate(), "subject=CN = ec\n" + ec.certificate() + "\n");
    Files.writeString(
        files.key(), TestCertificate.pem("EC PARAMETERS", new byte[8]) + "text\n" + ec.key());
    assertThatCode(() -> files.check(Instant.now())).doesNotThrowAnyException();
  }

  @Test
  void certificate_and_key_may_be_in_one_file() throws IOException {
    Path file = files.certificate();
    for (String both : new String[] {ec.key() + ec.certificate(), ec.certificate() + ec.key()}) {
      Files.writeString(file, both);
      assertThatCode(() -> new TlsFiles(file, file).check(Instant.now()))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void a_file_that_is_not_there() throws IOException {
    Files.delete(files.certificate());
    fails(files.certificate(), "not found");
  }

  @Test
  void a_folder() throws IOException {
    Files.delete(files.key());
    Files.createDirectory(files.key());
    fails(files.key(), "cannot be read", "directory");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "not PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n"})
  void no_certificate(String content) throws IOException {
    Files.writeString(files.certificate(), content);
    fails(files.certificate(), "expected", "found");
  }

  @Test
  void certificates_that_did_not_sign_each_other() throws IOException {
    Files.writeString(files.certificate(), ec.certificate() + rsa.certificate());
    fails(files.certificate(), "expected the certificate of CN=ec after", "found that of CN=rsa");
  }

  @Test
  void the_key_where_the_certificate_should_be() throws IOException {
    Files.writeString(files.certificate(), ec.key());
    fails(files.certificate(), "expected", "certificate");
  }

  @Test
  void the_certificate_where_the_key_should_be() throws IOException {
    Files.writeString(files.key(), ec.certificate());
    fails(files.key(), "expected -----BEGIN PRIVATE KEY-----", "-----BEGIN CERTIFICATE-----");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
  void a_key_in_another_form(String form) throws IOException {
    Files.writeString(files.key(), TestCertificate.pem(form, new byte[100]));
    fails(files.key(), "found -----BEGIN " + form, "openssl pkcs8 -topk8");
  }

  @Test
  void an_empty_key() throws IOException {
    Files.writeString(files.key(), "");
    fails(files.key(), "found no PEM at all");
  }

  @Test
  void a_key_that_is_garbage() throws IOException {
    Files.writeString(files.key(), TestCertificate.pem("PRIVATE KEY", new byte[100]));
    fails(files.key(), "expected the EC key of the certificate in " + files.certificate());
  }

  @Test
  void a_key_of_another_kind() throws IOException {
    Files.writeString(files.key(), rsa.key());
    fails(files.key(), "expected the EC key of the certificate in " + files.certificate());
  }

  @Test
  void a_key_of_another_certificate() throws Exception {
    Files.writeString(files.key(), TestCertificate.create(folder, "b", "EC").key());
    fails(files.key(), "expected the key of the certificate of CN=ec", "found another one");
  }

  @Test
  void a_certificate_that_is_expired_or_not_valid_yet() throws Exception {
    Instant until = ec.x509().getNotAfter().toInstant();
    for (Instant now :
        new Instant[] {
          until.plusSeconds(1), ec.x509().getNotBefore().toInstant().minus(Duration.ofDays(1))
        }) {
      assertThatThrownBy(() -> files.check(now))
          .isInstanceOf(TlsFileException.class)
          .hasMessageStartingWith(
              files.certificate() + ": expected a certificate that is valid now")
          .hasMessageContainingAll("CN=ec", "until " + until, "now is " + now, "renew it");
    }
  }

  private void fails(Path file, String... message) {
    assertThatThrownBy(() -> files.check(Instant.now()))
        .isInstanceOf(TlsFileException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContainingAll(message);
  }
}
