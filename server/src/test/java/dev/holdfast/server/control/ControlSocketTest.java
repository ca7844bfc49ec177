// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.engine.Engine;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.rocksdb.BackupReport;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How commands and nodes find each other. */
class ControlSocketTest {
  @TempDir private Path data;

  /** No task is asked for here. */
  private record Place(Path data) implements Workplace {
    @Override
    public ObjectStore store() {
      throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable Engine engine() {
      return null;
    }

    @Override
    public BackupReport backup(Path target) {
      throw new UnsupportedOperationException();
    }
  }

  private static ControlServer start(Path data) {
    return ControlServer.start(new Place(data), List.of());
  }

  private Path socket() {
    return data.resolve("control/socket");
  }

  private Path control() {
    return data.resolve("control");
  }

  /** Listens where the node of the data directory would. */
  private ServerSocketChannel listen() throws IOException {
    return ControlSocket.of(data).listen();
  }

  @Test
  void the_socket_is_for_its_owner_alone_and_gone_after_the_stop() throws Exception {
    try (ControlServer _ = start(data)) {
      await().until(() -> Files.exists(socket()));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(control())))
          .isEqualTo("rwx------");
    }
    assertThat(control()).doesNotExist();
    assertThat(ControlClient.connect(data)).isEmpty();
  }

  @Test
  void each_start_replaces_what_a_crash_left() throws Exception {
    listen().close();
    assertThat(ControlClient.connect(data)).as("nobody listens").isEmpty();
    Files.setPosixFilePermissions(control(), PosixFilePermissions.fromString("rwxrwxrwx"));
    try (ControlServer _ = start(data)) {
      await().until(() -> ControlClient.connect(data).isPresent());
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(control())))
          .isEqualTo("rwx------");
    }
    Files.writeString(control(), "a file of an earlier version");
    assertThat(ControlClient.connect(data)).isEmpty();
    try (ControlServer _ = start(data)) {
      await().until(() -> ControlClient.connect(data).isPresent());
    }
  }

  @Test
  void a_folder_that_a_link_leads_to_is_not_touched() throws Exception {
    Path precious = Files.createDirectory(data.resolve("precious"));
    Files.writeString(precious.resolve("socket"), "mine");
    Files.createSymbolicLink(control(), precious);
    try (ControlServer _ = start(data)) {
      await().until(() -> ControlClient.connect(data).isPresent());
    }
    assertThat(precious.resolve("socket")).hasContent("mine");
  }

  @Test
  void the_path_of_the_data_directory_may_be_longer_than_that_of_a_socket() throws Exception {
    Path deep = Files.createDirectories(data.resolve("a".repeat(90)).resolve("ü".repeat(90)));
    try (ControlServer _ = start(deep)) {
      await().until(() -> ControlClient.connect(deep).isPresent());
      assertThat(deep.resolve("control/socket")).exists();
    }
    assertThat(deep).isEmptyDirectory();
  }

  @Test
  void somebody_who_is_no_node_is_not_talked_to() throws Exception {
    try (ServerSocketChannel other = listen()) {
      CompletableFuture<Void> polite =
          CompletableFuture.runAsync(
              () -> {
                try (SocketChannel channel = other.accept()) {
                  byte[] _ = Channels.newInputStream(channel).readNBytes(5);
                  channel.write(ByteBuffer.wrap("220 mail.example.com\r\n".getBytes(UTF_8)));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      assertThat(ControlClient.connect(data)).isEmpty();
      polite.join();
    }
  }

  @Test
  void a_node_of_another_version_says_so() throws Exception {
    try (ServerSocketChannel other = listen()) {
      CompletableFuture<Void> later =
          CompletableFuture.runAsync(
              () -> {
                try (SocketChannel channel = other.accept()) {
                  // What is left unread would reset the connection.
                  byte[] _ = Channels.newInputStream(channel).readNBytes(5);
                  DataOutputStream out = new DataOutputStream(Channels.newOutputStream(channel));
                  out.writeInt(Frame.MAGIC);
                  out.writeByte(Frame.VERSION + 1);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      assertThatThrownBy(() -> ControlClient.connect(data))
          .isInstanceOf(ControlException.class)
          .hasMessageContaining("version 2")
          .hasMessageContaining("this command version 1");
      later.join();
    }
  }

  @Test
  void without_a_writable_folder_the_node_goes_on_alone() throws Exception {
    Path nowhere = data.resolve("nowhere");
    ControlServer server = start(nowhere);
    server.close();
    assertThat(nowhere).doesNotExist();
  }
}
