// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.server.app.Folders;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process whose writes to the disk fail. In the place of a disk that is full stands a limit on
 * the size of files, which the operating system can set and lift while the process runs: a write
 * beyond it fails as one without space does.
 */
class FullDiskTest {
  private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");
  private static final int VALUE_BYTES = 400_000;
  private static final int ROOM_BYTES = 300_000;

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void writeApp() {
    Folders.write(
        folder,
        "holdfast.toml",
        """
        name = "vault"
        worker = "vault.VaultWorker"

        [[object]]
        namespace = "Vault"
        class = "vault.VaultObject"
        """);
    Folders.write(
        folder,
        "src/vault/Vault.java",
        """
        package vault;

        interface Vault {
          void put(byte[] value);

          int size();
        }
        """);
    Folders.write(
        folder,
        "src/vault/VaultObject.java",
        """
        package vault;

        import dev.holdfast.*;

        class VaultObject extends DurableObject implements Vault {
          VaultObject(ObjectContext ctx) {
            super(ctx);
          }

          public void put(byte[] value) {
            storage().put("value", value);
          }

          public int size() {
            return storage().get("value", byte[].class).map(value -> value.length).orElse(0);
          }
        }
        """);
    Folders.write(
        folder,
        "src/vault/VaultWorker.java",
        """
        package vault;

        import dev.holdfast.*;

        class VaultWorker implements Worker {
          private final ObjectNamespace<Vault> vaults;

          VaultWorker(Env env) {
            vaults = env.objects(Vault.class);
          }

          public Response fetch(Request request) {
            Vault vault = vaults.getByName(request.url().segment(0));
            if (request.method().equals("PUT")) {
              vault.put(request.body().bytes());
            }
            return Response.text(vault.size());
          }
        }
        """);
  }

  @AfterEach
  void closeClient() {
    client.close();
  }

  @Test
  void while_nothing_can_be_written_the_client_is_told_of_the_store_and_then_it_serves_again()
      throws Exception {
    assumeThat(PRLIMIT).exists();
    Process process = CommandProcess.start(folder);
    try {
      int port = CommandProcess.port(process, folder);
      assertThat(put(port, "a", VALUE_BYTES).body()).isEqualTo(String.valueOf(VALUE_BYTES));

      limitFiles(process, String.valueOf(ROOM_BYTES));

      HttpResponse<String> first = put(port, "b", 1);
      assertThat(first.statusCode()).isEqualTo(503);
      assertThat(first.body())
          .isEqualTo(
              "the store cannot serve this: its disk is full or failing, the log of the server says"
                  + " which; it may have been applied, look before you retry\n");
      HttpResponse<String> second = put(port, "c", 1);
      assertThat(second.statusCode()).isEqualTo(503);
      assertThat(second.headers().firstValue("Retry-After")).isPresent();
      assertThat(second.body())
          .startsWith("the store cannot serve this")
          .contains("nothing was applied");
      assertThat(CommandProcess.log(folder))
          .contains("the store in " + folder.resolve("data"), "File too large");

      limitFiles(process, "unlimited");

      await().until(() -> put(port, "c", 2).statusCode() == 200);
      assertThat(get(port, "a").body()).isEqualTo(String.valueOf(VALUE_BYTES));
      assertThat(put(port, "b", 3).body()).isEqualTo("3");
      process.destroy();
      assertThat(process.waitFor()).as(CommandProcess.log(folder)).isEqualTo(143);
    } finally {
      process.destroyForcibly();
    }

    Process next = CommandProcess.start(folder);
    try {
      int port = CommandProcess.port(next, folder);
      assertThat(get(port, "a").body()).isEqualTo(String.valueOf(VALUE_BYTES));
      assertThat(get(port, "b").body()).isEqualTo("3");
      assertThat(get(port, "c").body()).isEqualTo("2");
    } finally {
      next.destroyForcibly();
    }
  }

  /** Sets the soft limit alone, so that it can be lifted again. */
  private static void limitFiles(Process process, String bytes) throws Exception {
    Process prlimit =
        new ProcessBuilder(
                PRLIMIT.toString(), "--pid=" + process.pid(), "--fsize=" + bytes + ":unlimited")
            .inheritIO()
            .start();
    assertThat(prlimit.waitFor()).isZero();
  }

  private HttpResponse<String> put(int port, String name, int length) throws Exception {
    byte[] value = new byte[length];
    new Random(1).nextBytes(value); // cannot be compressed
    return client.send(
        HttpRequest.newBuilder(uri(port, name)).PUT(BodyPublishers.ofByteArray(value)).build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> get(int port, String name) throws Exception {
    return client.send(HttpRequest.newBuilder(uri(port, name)).build(), BodyHandlers.ofString());
  }

  private static URI uri(int port, String name) {
    return URI.create("http://localhost:" + port + "/" + name);
  }
}
