// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.gateway.tls.TlsFiles;
import dev.holdfast.server.app.Certificate;
import dev.holdfast.server.app.Folders;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsSettingsTest {
  private static final String HEAD = "name = \"shop\"\nworker = \"shop.ShopWorker\"\n[server]\n";

  @TempDir private Path folder;

  @BeforeEach
  void writeApp() {
    Folders.write(folder, "holdfast.toml", HEAD);
  }

  @Test
  void without_settings_there_is_no_tls() {
    assertThat(read(Map.of(), Map.of())).isNull();
  }

  @Test
  void the_files_of_the_file_are_in_the_folder_of_the_app() throws Exception {
    Certificate.write(folder, "chain.pem", "key.pem");
    Folders.write(
        folder,
        "holdfast.toml",
        HEAD + "tls-certificate = \"chain.pem\"\ntls-key = \"./key.pem\"\n");
    assertThat(read(Map.of(), Map.of()))
        .isEqualTo(new TlsFiles(folder.resolve("chain.pem"), folder.resolve("key.pem")));
  }

  @Test
  void flags_win_over_the_environment_and_that_over_the_file() throws Exception {
    Certificate.write(folder, "chain.pem", "key.pem");
    Folders.write(
        folder, "holdfast.toml", HEAD + "tls-certificate = \"none.pem\"\ntls-key = \"none.pem\"\n");
    String chain = folder.resolve("chain.pem").toString();
    String key = folder.resolve("key.pem").toString();
    assertThat(
            read(
                Map.of("--tls-key", key),
                Map.of("HOLDFAST_TLS_CERTIFICATE", chain, "HOLDFAST_TLS_KEY", "none.pem")))
        .isEqualTo(new TlsFiles(Path.of(chain), Path.of(key)));
  }

  @Test
  void one_without_the_other_is_a_mistake() {
    assertThatThrownBy(() -> read(Map.of("--tls-key", "key.pem"), Map.of()))
        .hasMessage(
            "--tls-key: tls-certificate is missing, which tls-key needs; give both for TLS, or"
                + " neither");
    Folders.write(folder, "holdfast.toml", HEAD + "tls-certificate = \"chain.pem\"\n");
    assertThatThrownBy(() -> read(Map.of(), Map.of()))
        .hasMessage(
            folder
                + "/holdfast.toml:4: tls-key is missing, which tls-certificate needs; give both for"
                + " TLS, or neither");
  }

  @Test
  void files_that_cannot_be_used_are_told_with_the_other_mistakes() throws Exception {
    Certificate.write(folder, "chain.pem", "other.pem");
    Certificate.write(folder, "other-chain.pem", "key.pem");
    Folders.write(
        folder,
        "holdfast.toml",
        HEAD + "tls-certificate = \"chain.pem\"\ntls-key = \"key.pem\"\nport = \"x\"\n");
    assertThatThrownBy(() -> read(Map.of(), Map.of()))
        .hasMessageContainingAll(
            folder
                + "/holdfast.toml:5: tls-key: "
                + folder.resolve("key.pem")
                + ": expected the key of the certificate of CN=localhost in ",
            "holdfast.toml:6: port: expected an integer");
    assertThatThrownBy(() -> read(Map.of("--tls-certificate", ""), Map.of()))
        .hasMessageContaining("--tls-certificate: expected the path of a file in PEM, found \"\"");
    assertThatThrownBy(() -> read(Map.of("--tls-certificate", "no.pem"), Map.of()))
        .hasMessageContaining("--tls-certificate: tls-certificate: no.pem: not found");
  }

  private @Nullable TlsFiles read(Map<String, String> flags, Map<String, String> environment) {
    return AppConfig.read(folder, new Overrides(flags, environment), Mode.RUN)
        .node()
        .gateway()
        .tls();
  }
}
