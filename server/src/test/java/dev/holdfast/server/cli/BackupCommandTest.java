// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.server.app.Folders;
import dev.holdfast.server.control.ControlRequest;
import dev.holdfast.server.control.ControlServer;
import dev.holdfast.server.control.ControlTask;
import dev.holdfast.server.control.StoreAlone;
import dev.holdfast.server.control.Workplace;
import dev.holdfast.store.rocksdb.RocksStore;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code holdfast backup} and {@code holdfast restore}. */
@Timeout(180)
class BackupCommandTest {
  @TempDir private Path folder;
  private Path app;
  private Path backup;

  @BeforeEach
  void writeApp() {
    app = Folders.tally(folder.resolve("my app"));
    backup = folder.resolve("my backup");
  }

  private static CommandRun run(int status, String... args) {
    CommandRun run = new CommandRun();
    assertThat(run.execute(args)).as(run.out + "\n" + run.err).isEqualTo(status);
    return run;
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "dev"})
  void a_backup_of_an_app_that_serves_is_restored_as_it_was(String mode) throws Exception {
    String data = mode.equals("run") ? "data" : ".holdfast/data";
    CommandRun node = new CommandRun();
    CompletableFuture<Integer> status =
        node.start(mode, app.toString(), "--port=0", "--host=localhost");
    node.get("/a");
    node.get("/a");

    CommandRun told = run(0, "backup", app.toString(), backup.toString());

    assertThat(told.out.toString())
        .startsWith("backed up " + app.resolve(data) + " to " + backup + ": ")
        .contains(" files, ", " MiB, with all that was confirmed by 20")
        .hasLineCount(1);
    assertThat(told.err.toString()).isEmpty();
    assertThat(node.get("/a")).isEqualTo("3");
    node.stop.wish();
    assertThat(status.join()).isZero();
    assertThat(app.resolve(data).resolve("control")).doesNotExist();

    Path other = Folders.tally(folder.resolve("other"));
    CommandRun restored = run(0, "restore", backup.toString(), other.toString());
    assertThat(restored.out.toString())
        .startsWith("restored " + backup + " into " + other.resolve("data") + ": ")
        .contains("start the node");
    CommandRun next = new CommandRun();
    status = next.start("run", other.toString(), "--port=0", "--host=localhost");
    assertThat(next.get("/a")).isEqualTo("3");
    next.stop.wish();
    assertThat(status.join()).isZero();
  }

  @Test
  void a_backup_of_an_app_that_does_not_serve_is_the_same() throws Exception {
    count(1);
    run(0, "backup", app.toString(), backup.toString());
    Folders.write(app, "data/mine", "x"); // not empty, and no store
    run(0, "restore", backup.toString(), "--data", folder.resolve("deep/er data").toString());
    CommandRun next = new CommandRun();
    CompletableFuture<Integer> status =
        next.start(
            "run",
            app.toString(),
            "--port=0",
            "--host=localhost",
            "--data=" + folder.resolve("deep/er data"));
    assertThat(next.get("/a")).isEqualTo("2");
    next.stop.wish();
    assertThat(status.join()).isZero();
  }

  /** Runs the app and lets it count. */
  private void count(int times) throws Exception {
    CommandRun node = new CommandRun();
    CompletableFuture<Integer> status =
        node.start("run", app.toString(), "--port=0", "--host=localhost");
    for (int i = 0; i < times; i++) {
      node.get("/a");
    }
    node.stop.wish();
    assertThat(status.join()).isZero();
  }

  @Test
  void backups_of_another_process_under_load_hold_every_answer_given_before() throws Exception {
    Process process = CommandProcess.start(app);
    Map<String, Long> answered = new ConcurrentHashMap<>();
    AtomicBoolean stop = new AtomicBoolean();
    List<Map<String, Long>> before = new ArrayList<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      int port = CommandProcess.port(process, app);
      List<CompletableFuture<Void>> load = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String name = "t" + i;
        load.add(
            CompletableFuture.runAsync(
                () -> {
                  while (!stop.get()) {
                    answered.put(name, Long.parseLong(get(client, port, name)));
                  }
                },
                task -> Thread.ofPlatform().daemon().start(task)));
      }
      await().until(() -> answered.size() == 4);
      for (int i = 0; i < 3; i++) {
        before.add(Map.copyOf(answered));
        run(0, "backup", app.toString(), backup + " " + i);
      }
      stop.set(true);
      load.forEach(CompletableFuture::join);
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }
    for (int i = 0; i < 3; i++) {
      Path other = Folders.tally(folder.resolve("other" + i));
      run(0, "restore", backup + " " + i, other.toString());
      CommandRun next = new CommandRun();
      CompletableFuture<Integer> status =
          next.start("run", other.toString(), "--port=0", "--host=localhost");
      for (String name : before.get(i).keySet()) {
        long found = Long.parseLong(next.get("/" + name)) - 1;
        assertThat(found).isBetween(before.get(i).get(name), answered.get(name));
      }
      next.stop.wish();
      assertThat(status.join()).isZero();
    }
  }

  private static String get(HttpClient client, int port, String name) {
    URI uri = URI.create("http://localhost:" + port + "/" + name);
    try {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_node_that_was_killed_leaves_a_socket_that_leads_nowhere_and_hinders_nobody()
      throws Exception {
    Process process = CommandProcess.start(app);
    try (HttpClient client = HttpClient.newHttpClient()) {
      int port = CommandProcess.port(process, app);
      assertThat(get(client, port, "a")).isEqualTo("1");
      await().until(() -> Files.exists(app.resolve("data/control/socket")));
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }
    assertThat(app.resolve("data/control/socket")).exists();
    run(0, "backup", app.toString(), backup.toString());
    count(1);
    assertThat(app.resolve("data/control")).doesNotExist();
  }

  @Test
  void a_target_that_is_there_is_refused_by_a_node_and_without_one() throws Exception {
    count(1);
    Files.createDirectory(backup);
    String told =
        "holdfast: cannot back up the store in %s to %s: it exists already; name a folder that does"
            + " not, or remove it\n";
    CommandRun alone = run(1, "backup", app.toString(), backup.toString());
    assertThat(alone.err.toString()).isEqualTo(told.formatted(app.resolve("data"), backup));

    CommandRun node = new CommandRun();
    CompletableFuture<Integer> status =
        node.start("run", app.toString(), "--port=0", "--host=localhost");
    CommandRun online = run(1, "backup", app.toString(), backup.toString());
    assertThat(online.err.toString()).isEqualTo(told.formatted(app.resolve("data"), backup));
    assertThat(online.out.toString()).isEmpty();
    node.stop.wish();
    assertThat(status.join()).isZero();
  }

  @Test
  void mistakes_are_told_in_a_line() throws Exception {
    assertThat(run(2, "backup").err.toString()).contains("Missing required parameter");
    assertThat(run(2, "restore").err.toString()).contains("Missing required parameter");
    assertThat(
            run(2, "backup", folder.resolve("none").toString(), backup.toString()).err.toString())
        .contains("holdfast.toml: not found");
    assertThat(run(1, "backup", app.toString(), backup.toString()).err.toString())
        .isEqualTo(
            "holdfast: there is no store in %s; expected the data directory of a node, name it with"
                    .formatted(app.resolve("data"))
                + " --data\n");
    assertThat(app.resolve("data")).as("not made by asking").doesNotExist();
    assertThat(run(1, "restore", app.toString(), app.toString()).err.toString())
        .isEqualTo(
            "holdfast: %s is not a backup: it has no file backup.sha256; name a folder that holdfast"
                    .formatted(app)
                + " backup has made\n");

    count(1);
    run(0, "backup", app.toString(), backup.toString());
    assertThat(run(1, "restore", backup.toString(), app.toString()).err.toString())
        .startsWith("holdfast: cannot restore into " + app.resolve("data"))
        .contains("stop the node that runs there and move the folder away")
        .hasLineCount(1);
    Path current = backup.resolve("rocksdb/CURRENT");
    Files.writeString(current, "MANIFEST-999999\n");
    assertThat(run(1, "restore", backup.toString(), "--data=" + folder.resolve("x")).err.toString())
        .startsWith("holdfast: the backup " + backup + " cannot be restored: rocksdb/CURRENT ")
        .hasLineCount(1);
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @Test
  void data_of_both_run_and_dev_has_to_be_told_apart() {
    for (String data : List.of("data", ".holdfast/data")) {
      RocksStore.open(app.resolve(data), RocksStoreOptions.defaults()).close();
    }
    assertThat(run(1, "backup", app.toString(), backup.toString()).err.toString())
        .isEqualTo(
            "holdfast: both holdfast run and holdfast dev have data of this app: say which with"
                + " --data %s or --data %s\n"
                    .formatted(app.resolve("data"), app.resolve(".holdfast/data")));
    run(0, "backup", backup.toString(), "--data", app.resolve(".holdfast/data").toString());
    CommandRun named = new CommandRun();
    assertThat(
            named.execute(
                Map.of("HOLDFAST_DATA", app.resolve("data").toString()),
                "backup",
                app.toString(),
                backup + "2"))
        .as(named.err.toString())
        .isZero();
  }

  @Test
  void a_process_that_has_the_directory_and_takes_no_commands_is_told_of() {
    Path data = folder.resolve("data");
    try (RocksStore _ = RocksStore.open(data, RocksStoreOptions.defaults())) {
      assertThat(run(1, "backup", backup.toString(), "--data", data.toString()).err.toString())
          .isEqualTo(
              "holdfast: cannot open the store in %s: it is in use by this process; stop that one"
                      .formatted(data)
                  + " first, or choose another data directory; it takes no commands: it may be"
                  + " another command, whose output waits to be read, or a node that is starting or"
                  + " stopping, or whose log says why\n");
    }
    assertThat(backup).doesNotExist();
  }

  @Test
  void a_command_that_is_told_to_stop_stops_and_leaves_nothing() throws Exception {
    Path data = folder.resolve("data");
    try (RocksStore _ = RocksStore.open(data, RocksStoreOptions.defaults())) {
      CommandRun waiting = new CommandRun();
      CompletableFuture<Integer> status =
          waiting.begin("backup", backup.toString(), "--data", data.toString());
      waiting.stop.wish();
      assertThat(status.join()).isEqualTo(1);
      assertThat(waiting.err.toString())
          .isEqualTo("holdfast: stopped before the task backup was done\n");
    }
    assertThat(Objects.requireNonNull(folder.toFile().list())).doesNotContain("my backup");
  }

  @Test
  void a_command_that_is_told_to_stop_while_a_node_is_at_it_does_not_say_that_it_is_undone()
      throws Exception {
    Path data = folder.resolve("data");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (RocksStore store = RocksStore.open(data, RocksStoreOptions.defaults());
        ControlServer _ =
            ControlServer.start(new StoreAlone(data, store), List.of(new Slow(begun, go)))) {
      CommandRun run = new CommandRun();
      CompletableFuture<Integer> status =
          run.begin("backup", backup.toString(), "--data", data.toString());
      begun.await();
      run.stop.wish();
      assertThat(status.join()).isEqualTo(1);
      assertThat(run.err.toString())
          .isEqualTo(
              "holdfast: stopped while the node in %s was at the task backup; whether it is done is unknown: look\n"
                  .formatted(data));
      go.countDown();
    }
  }

  @Test
  void a_command_that_comes_while_a_node_is_at_as_many_as_it_takes_waits_and_then_says_so()
      throws Exception {
    Path data = folder.resolve("data");
    CountDownLatch begun = new CountDownLatch(32);
    CountDownLatch go = new CountDownLatch(1);
    String[] backup = {"backup", this.backup.toString(), "--data", data.toString()};
    try (RocksStore store = RocksStore.open(data, RocksStoreOptions.defaults());
        ControlServer _ =
            ControlServer.start(new StoreAlone(data, store), List.of(new Slow(begun, go)))) {
      await().until(() -> Files.exists(data.resolve("control/socket")));
      List<CompletableFuture<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        all.add(new CommandRun().begin(backup));
      }
      begun.await();

      assertThat(run(1, backup).err.toString())
          .isEqualTo(
              "holdfast: the node in %s is at 32 tasks of commands, limit 32; retry when one of them is done\n"
                  .formatted(data));

      all.add(new CommandRun().begin(backup));
      go.countDown();
      assertThat(all).allSatisfy(status -> assertThat(status.join()).isZero());
    }
  }

  /** A task that nothing ends before its time. */
  private record Slow(CountDownLatch begun, CountDownLatch go) implements ControlTask {
    @Override
    public String name() {
      return "backup";
    }

    @Override
    public void perform(Workplace place, ControlRequest request, OutputStream out) {
      begun.countDown();
      boolean over = false;
      while (!over) {
        try {
          go.await();
          over = true;
        } catch (InterruptedException e) {
          // It is too late to give it up.
        }
      }
    }
  }

  @Test
  void a_relative_target_is_relative_to_the_command_and_not_to_the_node() throws Exception {
    Process process = CommandProcess.start(app);
    try {
      int _ = CommandProcess.port(process, app);
      Path here = Path.of("").toAbsolutePath();
      run(0, "backup", app.toString(), here.relativize(backup).toString());
      assertThat(backup).isDirectory();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void help_says_what_the_commands_do() {
    assertThat(run(0, "backup", "--help").out.toString())
        .contains("holdfast backup", "[APP] TARGET", "--data", "while it serves");
    assertThat(run(0, "restore", "--help").out.toString())
        .contains("holdfast restore", "BACKUP [APP]", "--data", "move the old one away");
    assertThat(run(0, "--help").out.toString()).contains("backup", "restore");
    assertThat(run(2).err.toString())
        .startsWith("Missing command: dev, run, object, backup or restore");
  }
}
