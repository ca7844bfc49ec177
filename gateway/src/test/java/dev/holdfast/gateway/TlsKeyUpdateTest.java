// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.gateway.tls.TlsFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that ask TLS for new keys, which TLS 1.3 answers each time. */
class TlsKeyUpdateTest {
  @TempDir private Path folder;
  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    TlsFiles files = new TlsFiles(folder.resolve("chain.pem"), folder.resolve("key.pem"));
    TestCertificate.create(folder, "server", "EC").writeTo(files);
    gateway =
        Gateway.start(
            GatewayOptions.defaults().withHost("localhost").withPort(0).withTls(files), new Room());
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private String run(String... how) throws Exception {
    return KeyUpdatingClient.run(folder.resolve("server.p12").toString(), gateway.port(), how);
  }

  @Test
  void clientThatTakesTheAnswers_isServed() throws Exception {
    assertThat(run("true", "2000")).isEqualTo("served");
  }

  @Test
  void clientThatTakesNone_isCut_whenMoreWaitThanTheKernelHolds() throws Exception {
    assertThat(run("false", "700000")).startsWith("lost: ");
  }
}
