// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.rocksdb.RocksStore;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  /** A task has begun. */
  private final CountDownLatch begun = new CountDownLatch(1);

  /** What a task of a test does. */
  @FunctionalInterface
  private interface Body {
    void perform(ControlRequest request, OutputStream out) throws IOException, InterruptedException;
  }

  @BeforeEach
  void openStore() {
    store = RocksStore.open(data, RocksStoreOptions.defaults());
    place = new StoreAlone(data, store);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private ControlServer serve(Body body) throws InterruptedException {
    return serve(body, ServerSocketChannel::accept, Duration.ofMinutes(1));
  }

  private ControlServer serve(Body body, ControlServer.Entrance entrance, Duration requestLimit)
      throws InterruptedException {
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
    CountDownLatch listening = new CountDownLatch(1);
    ControlServer server =
        ControlServer.start(
            place,
            List.of(task),
            listener -> {
              listening.countDown();
              return entrance.accept(listener);
            },
            requestLimit);
    listening.await();
    return server;
  }

  /** What a task does that ends by nothing else. */
  private void waitForInterrupt() throws InterruptedException {
    begun.countDown();
    new CountDownLatch(1).await();
  }

  private Path socket() {
    return data.resolve("control/socket");
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
  }

  private Path control() {
    return data.resolve("control");
  }

  /** Listens where the node of the data directory would. */
  private ServerSocketChannel listen() throws IOException {
    return ControlSocket.of(data).listen();
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
  void what_is_no_command_is_let_go_and_harms_nobody() throws Exception {
    try (ControlServer _ = serve((request, out) -> {})) {
      Random random = new Random(7);
      for (int i = 0; i < 200; i++) {
        byte[] garbage = new byte[1 + random.nextInt(200)];
        random.nextBytes(garbage);
        send(garbage);
      }
      send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      for (int count : new int[] {-1, 65, Integer.MAX_VALUE}) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(request);
        out.writeInt(Frame.MAGIC);
        out.writeByte(Frame.VERSION);
        out.writeUTF("test");
        out.writeInt(count);
        send(request.toByteArray());
      }
      assertThat(ask(ControlRequest.of("test"))).isEmpty();
      assertThat(performed).hasValue(1);
    }
  }

  private void send(byte[] bytes) throws IOException {
    try (SocketChannel channel = connect()) {
      Channels.newOutputStream(channel).write(bytes);
      channel.shutdownOutput();
      byte[] _ = Channels.newInputStream(channel).readAllBytes();
    } catch (IOException e) {
      // Broken off, which is an end too.
    }
  }

  @Test
  void who_does_not_say_all_in_time_is_let_go() throws Exception {
    try (ControlServer _ =
        serve((request, out) -> {}, ServerSocketChannel::accept, Duration.ofMillis(200))) {
      SocketChannel slow = connect();
      List<SocketChannel> silent = new ArrayList<>();
      for (int i = 1; i < 32; i++) {
        silent.add(connect());
      }
      // The limit is for all of it, not for each byte.
      assertThatThrownBy(() -> dribble(slow)).isInstanceOf(IOException.class);
      slow.close();
      for (SocketChannel channel : silent) {
        assertThat(Channels.newInputStream(channel).read()).isEqualTo(-1);
        channel.close();
      }
      assertThat(performed).hasValue(0);
      awaitServed();
    }
  }

  /** Sends a request that never ends, byte for byte. */
  private static void dribble(SocketChannel channel) throws IOException {
    DataOutputStream out = new DataOutputStream(Channels.newOutputStream(channel));
    out.writeInt(Frame.MAGIC);
    out.writeByte(Frame.VERSION);
    out.writeUTF("test");
    out.writeInt(64);
    while (true) {
      out.writeShort(65_535);
      for (int i = 0; i < 65_535; i++) {
        out.write('x');
      }
    }
  }

  @Test
  void connections_that_cannot_be_taken_do_not_end_the_channel() throws Exception {
    AtomicInteger failures = new AtomicInteger();
    try (ControlServer _ =
        serve(
            (request, out) -> {},
            listener -> {
              if (failures.incrementAndGet() <= 3) {
                throw new IOException("Too many open files");
              }
              return listener.accept();
            },
            Duration.ofMinutes(1))) {
      assertThat(ask(ControlRequest.of("test"))).isEmpty();
    }
    assertThat(failures).hasValueGreaterThan(3);
  }

  @Test
  void a_socket_that_cannot_be_removed_does_not_keep_tasks_going() throws Exception {
    ControlServer server = serve((request, out) -> waitForInterrupt());
    CompletableFuture<@Nullable Throwable> end = begin();
    Files.writeString(control().resolve("mine"), "x");

    assertThatThrownBy(server::close).isInstanceOf(IOException.class);

    assertThat(end.join()).hasMessageContaining("stops, so the task test was given up; retry");
    assertThat(ControlClient.connect(data)).isEmpty();
  }

  @Test
  void a_task_that_is_interrupted_while_it_writes_ends_and_the_command_is_told() throws Exception {
    ControlServer server =
        serve(
            (request, out) -> {
              byte[] much = new byte[1 << 16];
              while (!Thread.currentThread().isInterrupted()) {
                out.write(much);
                begun.countDown();
              }
              out.write("the last of it".getBytes(UTF_8));
              throw new InterruptedException();
            });
    CompletableFuture<@Nullable Throwable> end =
        failure(ControlRequest.of("test"), OutputStream.nullOutputStream());
    begun.await();

    server.close();

    assertThat(end.join())
        .isInstanceOf(ControlException.class)
        .hasMessageContaining("stops, so the task test was given up; retry");
  }

  @Test
  void a_task_that_outlives_the_stop_is_interrupted_and_the_command_told() throws Exception {
    ControlServer server = serve((request, out) -> waitForInterrupt());
    CompletableFuture<@Nullable Throwable> end = begin();

    server.close();

    assertThat(end.join())
        .isInstanceOf(ControlException.class)
        .hasMessage("the node in " + data + " stops, so the task test was given up; retry");
    server.close();
  }

  @Test
  void what_may_have_been_done_is_not_said_to_be_given_up_because_the_node_stops()
      throws Exception {
    ControlServer server =
        serve(
            (request, out) -> {
              try {
                waitForInterrupt();
              } catch (InterruptedException e) {
                throw new StorageException("it may be deleted", Outcome.UNKNOWN, false, e);
              }
            });
    CompletableFuture<@Nullable Throwable> end = begin();

    server.close();

    assertThat(end.join()).isInstanceOf(ControlException.class).hasMessage("it may be deleted");
  }

  @Test
  void a_connection_that_asks_for_nothing_does_not_hold_up_the_stop() throws Exception {
    ControlServer server = serve((request, out) -> {});
    try (SocketChannel idle = connect();
        ControlClient silent = ControlClient.connect(data).orElseThrow()) {
      server.close();
      assertThat(Channels.newInputStream(idle).read()).isEqualTo(-1);
      assertThatThrownBy(
              () -> silent.perform(ControlRequest.of("test"), new ByteArrayOutputStream()))
          .isInstanceOf(ControlException.class)
          .hasMessageContaining("ended while it was at the task test");
    }
    assertThat(performed).hasValue(0);
  }

  @Test
  void a_task_whose_command_is_gone_is_interrupted() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    try (ControlServer _ =
        serve(
            (request, out) -> {
              try {
                waitForInterrupt();
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
    try (ServerSocketChannel node = listen()) {
      CompletableFuture<Void> dying =
          CompletableFuture.runAsync(
              () -> {
                try (SocketChannel channel = node.accept()) {
                  // What is left unread would reset the connection.
                  byte[] _ = Channels.newInputStream(channel).readNBytes(5);
                  DataOutputStream out = new DataOutputStream(Channels.newOutputStream(channel));
                  out.writeInt(Frame.MAGIC);
                  out.writeByte(Frame.VERSION);
                  Frame.output(out).write("half of it".getBytes(UTF_8));
                  out.flush();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      assertThatThrownBy(() -> ask(ControlRequest.of("test")))
          .isInstanceOf(ControlException.class)
          .hasMessageContaining("whether it was done is unknown");
      dying.join();
    }
  }

  @Test
  void more_commands_than_the_limit_are_turned_away_with_the_reason_and_the_rest_served()
      throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (ControlServer _ = serve((request, out) -> go.await())) {
      List<CompletableFuture<@Nullable Throwable>> ends = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        ends.add(failure(ControlRequest.of("test")));
      }
      await().until(() -> performed.get() == 32);
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(() -> ask(ControlRequest.of("test")))
            .isInstanceOf(NodeBusyException.class)
            .hasMessage(
                "the node in %s is at 32 tasks of commands, limit 32; retry when one of them is done"
                    .formatted(data));
      }
      assertThat(performed).hasValue(32);
      go.countDown();
      ends.forEach(end -> assertThat(end.join()).isNull());
      awaitServed();
    }
  }

  /** Has a task begun; how it fails is what comes. */
  private CompletableFuture<@Nullable Throwable> begin() throws IOException, InterruptedException {
    CompletableFuture<@Nullable Throwable> end = failure(ControlRequest.of("test"));
    begun.await();
    return end;
  }

  /** Waits until there is room for one more. */
  private void awaitServed() {
    await()
        .ignoreException(NodeBusyException.class)
        .untilAsserted(() -> assertThat(ask(ControlRequest.of("test"))).isEmpty());
  }

  private CompletableFuture<@Nullable Throwable> failure(ControlRequest request)
      throws IOException {
    return failure(request, new ByteArrayOutputStream());
  }

  private CompletableFuture<@Nullable Throwable> failure(ControlRequest request, OutputStream out)
      throws IOException {
    ControlClient client = ControlClient.connect(data).orElseThrow();
    return CompletableFuture.supplyAsync(
        () -> {
          try (client) {
            client.perform(request, out);
            return null;
          } catch (IOException | RuntimeException e) {
            return e;
          }
        },
        asking -> Thread.ofVirtual().start(asking));
  }
}
