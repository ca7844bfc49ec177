// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.Engine;
import dev.holdfast.store.rocksdb.RocksStore;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands and a node that talk to each other. */
class ControlServerTest {
  @TempDir private Path data;
  private RocksStore store;
  private Workplace place;
  private final AtomicInteger performed = new AtomicInteger();

  private record Place(Path data, RocksStore store) implements Workplace {
    @Override
    public @Nullable Engine engine() {
      return null;
    }
  }

  /** What a task of a test does. */
  @FunctionalInterface
  private interface Body {
    void perform(ControlRequest request, OutputStream out) throws IOException, InterruptedException;
  }

  @BeforeEach
  void openStore() {
    store = RocksStore.open(data, RocksStoreOptions.defaults());
    place = new Place(data, store);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private ControlServer serve(Body body) {
    ControlTask task =
        new ControlTask() {
          @Override
          public String name() {
            return "test";
          }

          @Override
          public void perform(Workplace at, ControlRequest request, OutputStream out)
              throws IOException, InterruptedException {
            assertThat(at).isSameAs(place);
            performed.incrementAndGet();
            body.perform(request, out);
          }
        };
    ControlServer server = ControlServer.start(place, List.of(task));
    await().until(() -> Files.exists(file()));
    return server;
  }

  private Path file() {
    return data.resolve("control");
  }

  private ControlFile known() throws IOException {
    return Objects.requireNonNull(ControlFile.read(data));
  }

  private String ask(ControlRequest request) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ControlClient client = ControlClient.connect(data).orElseThrow()) {
      client.perform(request, out);
    }
    return out.toString(UTF_8);
  }

  @Test
  void arguments_reach_the_task_and_its_output_the_command() throws Exception {
    try (ControlServer _ =
        serve(
            (request, out) -> {
              out.write(request.require("greeting").getBytes(UTF_8));
              out.write('!');
              out.write(request.find("absent").orElse("").getBytes(UTF_8));
            })) {
      assertThat(ask(ControlRequest.of("test").with("greeting", "grüß dich")))
          .isEqualTo("grüß dich!");
      assertThat(ask(ControlRequest.of("test").with("greeting", ""))).isEqualTo("!");
    }
  }

  @Test
  void output_of_any_size_arrives_whole() throws Exception {
    byte[] large = new byte[20_000_003];
    new Random(1).nextBytes(large);
    try (ControlServer _ = serve((request, out) -> out.write(large));
        ControlClient client = ControlClient.connect(data).orElseThrow()) {
      ByteArrayOutputStream got = new ByteArrayOutputStream();
      client.perform(ControlRequest.of("test"), got);
      assertThat(got.toByteArray()).isEqualTo(large);
    }
  }

  @Test
  void what_a_task_throws_is_told_also_after_output() throws Exception {
    try (ControlServer _ =
        serve(
            (request, out) -> {
              out.write("some output".getBytes(UTF_8));
              throw switch (request.require("kind")) {
                case "storage" ->
                    new StorageException("the store is ill", Outcome.NOT_APPLIED, true, null);
                case "control" -> new ControlException("not now");
                case "usage" -> new IllegalArgumentException("no such object");
                case "io" -> new UncheckedIOException("cannot write x", new IOException("full"));
                default -> new IllegalStateException("oops");
              };
            })) {
      ControlRequest request = ControlRequest.of("test");
      assertThatThrownBy(() -> ask(request.with("kind", "storage")))
          .isInstanceOf(ControlException.class)
          .hasMessage("the store is ill");
      assertThatThrownBy(() -> ask(request.with("kind", "control")))
          .isInstanceOf(ControlException.class)
          .hasMessage("not now");
      assertThatThrownBy(() -> ask(request.with("kind", "usage")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no such object");
      assertThatThrownBy(() -> ask(request.with("kind", "io")))
          .isInstanceOf(ControlException.class)
          .hasMessage("cannot write x: java.io.IOException: full");
      assertThatThrownBy(() -> ask(request.with("kind", "defect")))
          .isInstanceOf(ControlException.class)
          .hasMessageContaining("this is a defect")
          .hasMessageContaining("oops");
      assertThatThrownBy(() -> ask(request))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("test: expected the argument kind, found []");
    }
  }

  @Test
  void a_task_that_the_node_does_not_know_is_refused_by_name() throws Exception {
    try (ControlServer _ = serve((request, out) -> {})) {
      assertThatThrownBy(() -> ask(ControlRequest.of("tset")))
          .isInstanceOf(ControlException.class)
          .hasMessageContaining("knows no task tset, only [test]");
    }
  }

  @Test
  void a_wrong_token_is_not_let_in() throws Exception {
    try (ControlServer _ = serve((request, out) -> {})) {
      ControlFile right = known();
      for (String wrong : List.of("", "0".repeat(64), right.token().substring(1))) {
        new ControlFile(right.port(), wrong, right.pid()).write(data);
        assertThat(ControlClient.connect(data)).as(wrong).isEmpty();
      }
      right.write(data);
      assertThat(ask(ControlRequest.of("test"))).isEmpty();
      assertThat(performed).hasValue(1);
    }
  }

  @Test
  void what_is_no_command_is_let_go_and_harms_nobody() throws Exception {
    try (ControlServer _ = serve((request, out) -> {})) {
      ControlFile known = known();
      Random random = new Random(7);
      for (int i = 0; i < 200; i++) {
        byte[] garbage = new byte[1 + random.nextInt(200)];
        random.nextBytes(garbage);
        send(known.port(), garbage);
      }
      send(known.port(), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      for (int count : new int[] {-1, 65, Integer.MAX_VALUE}) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(request);
        out.writeInt(Frame.MAGIC);
        out.writeByte(Frame.VERSION);
        out.writeUTF(known.token());
        out.writeUTF("test");
        out.writeInt(count);
        send(known.port(), request.toByteArray());
      }
      assertThat(ask(ControlRequest.of("test"))).isEmpty();
      assertThat(performed).hasValue(1);
    }
  }

  private static void send(int port, byte[] bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      try {
        byte[] _ = socket.getInputStream().readAllBytes();
      } catch (IOException e) {
        // Broken off, which is an end too.
      }
    }
  }

  @Test
  void the_file_is_for_its_owner_alone_and_gone_after_the_stop() throws Exception {
    try (ControlServer _ = serve((request, out) -> {})) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
          .isEqualTo("rw-------");
      assertThat(HexFormat.of().parseHex(known().token())).hasSize(32);
      assertThat(known().toString()).doesNotContain(known().token());
    }
    assertThat(file()).doesNotExist();
    assertThat(ControlClient.connect(data)).isEmpty();
  }

  @Test
  void each_start_makes_another_token_and_replaces_what_a_crash_left() throws Exception {
    String left;
    try (ControlServer _ = serve((request, out) -> {})) {
      left = Files.readString(file());
    }
    Files.writeString(file(), left);
    Files.writeString(data.resolve("control.partial"), "torn");

    try (ControlServer _ = ControlServer.start(place, List.of())) {
      await().until(() -> ControlClient.connect(data).isPresent());
      assertThat(known().token()).isNotEqualTo(left.lines().toList().get(1));
    }
  }

  @Test
  void a_file_that_leads_to_nobody_or_to_somebody_else_leads_nowhere() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> polite =
          CompletableFuture.runAsync(
              () -> {
                try (Socket socket = other.accept()) {
                  socket.getOutputStream().write("220 mail.example.com\r\n".getBytes(UTF_8));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      new ControlFile(other.getLocalPort(), "t", 1).write(data);
      assertThat(ControlClient.connect(data)).isEmpty();
      polite.join();
    }
    assertThat(ControlClient.connect(data)).as("nobody listens").isEmpty();
    for (String torn : List.of("", "1\n", "x\ny\nz\n")) {
      Files.writeString(file(), torn);
      assertThat(ControlClient.connect(data)).as(torn).isEmpty();
    }
  }

  @Test
  void a_node_of_another_version_says_so() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> later =
          CompletableFuture.runAsync(
              () -> {
                try (Socket socket = other.accept()) {
                  DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                  out.writeInt(Frame.MAGIC);
                  out.writeByte(Frame.VERSION + 1);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      new ControlFile(other.getLocalPort(), "t", 1).write(data);
      assertThatThrownBy(() -> ControlClient.connect(data))
          .isInstanceOf(ControlException.class)
          .hasMessageContaining("version 2")
          .hasMessageContaining("this command version 1");
      later.join();
    }
  }

  @Test
  void a_task_that_outlives_the_stop_is_interrupted_and_the_command_told() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    ControlServer server =
        serve(
            (request, out) -> {
              begun.countDown();
              new CountDownLatch(1).await();
            });
    CompletableFuture<@Nullable Throwable> end = failure(ControlRequest.of("test"));
    begun.await();

    server.close();

    assertThat(end.join())
        .isInstanceOf(ControlException.class)
        .hasMessage("the node in " + data + " stops, so the task test was given up; retry");
    server.close();
  }

  @Test
  void a_connection_that_asks_for_nothing_does_not_hold_up_the_stop() throws Exception {
    ControlServer server = serve((request, out) -> {});
    try (Socket idle = new Socket(InetAddress.getLoopbackAddress(), known().port());
        ControlClient silent = ControlClient.connect(data).orElseThrow()) {
      server.close();
      assertThat(idle.getInputStream().read()).isEqualTo(-1);
      assertThatThrownBy(
              () -> silent.perform(ControlRequest.of("test"), new ByteArrayOutputStream()))
          .isInstanceOf(ControlException.class)
          .hasMessageContaining("ended while it was at the task test");
    }
    assertThat(performed).hasValue(0);
  }

  @Test
  void a_task_whose_command_is_gone_is_interrupted() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    try (ControlServer _ =
        serve(
            (request, out) -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
              }
            })) {
      ControlClient client = ControlClient.connect(data).orElseThrow();
      CompletableFuture<Void> asked =
          CompletableFuture.runAsync(
              () -> {
                try {
                  client.perform(ControlRequest.of("test"), new ByteArrayOutputStream());
                } catch (IOException | ControlException e) {
                  // The end of the connection.
                }
              });
      begun.await();
      client.close();
      interrupted.await();
      asked.join();
    }
  }

  @Test
  void a_command_is_told_when_the_node_vanishes() throws Exception {
    try (ServerSocket node = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> dying =
          CompletableFuture.runAsync(
              () -> {
                try (Socket socket = node.accept()) {
                  DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                  out.writeInt(Frame.MAGIC);
                  out.writeByte(Frame.VERSION);
                  out.writeBoolean(true);
                  Frame.output(out).write("half of it".getBytes(UTF_8));
                  out.flush();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      new ControlFile(node.getLocalPort(), "t", 1).write(data);
      assertThatThrownBy(() -> ask(ControlRequest.of("test")))
          .isInstanceOf(ControlException.class)
          .hasMessageContaining("whether it was done is unknown");
      dying.join();
    }
  }

  @Test
  void more_commands_than_the_limit_are_turned_away_and_the_rest_served() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (ControlServer _ = serve((request, out) -> go.await())) {
      List<CompletableFuture<@Nullable Throwable>> ends = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        ends.add(failure(ControlRequest.of("test")));
      }
      await().until(() -> performed.get() == 32);
      assertThat(ControlClient.connect(data)).isEmpty();
      go.countDown();
      ends.forEach(end -> assertThat(end.join()).isNull());
      await().untilAsserted(() -> assertThat(ask(ControlRequest.of("test"))).isEmpty());
    }
  }

  @Test
  void without_a_writable_folder_the_node_goes_on_alone() throws Exception {
    Path nowhere = data.resolve("nowhere");
    ControlServer server = ControlServer.start(new Place(nowhere, store), List.of());
    server.close();
    assertThat(nowhere).doesNotExist();
  }

  private CompletableFuture<@Nullable Throwable> failure(ControlRequest request)
      throws IOException {
    ControlClient client = ControlClient.connect(data).orElseThrow();
    return CompletableFuture.supplyAsync(
        () -> {
          try (client) {
            client.perform(request, new ByteArrayOutputStream());
            return null;
          } catch (IOException | RuntimeException e) {
            return e;
          }
        },
        asking -> Thread.ofVirtual().start(asking));
  }
}
