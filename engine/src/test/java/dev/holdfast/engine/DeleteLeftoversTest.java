// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.sql.SqlOptions;
import dev.holdfast.store.ObjectRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What deleting an object leaves on its node: neither sockets nor scratch files. */
class DeleteLeftoversTest extends DeleteSuite {
  /** From here on the namespace has no class. */
  private void withoutClass() {
    test.stopEngine();
    test.renew(TestEngine.SLEEPER);
  }

  // ---------------------------------------------------------------- sockets

  private SocketClient socket(String name) {
    test.handler(
        "socket",
        (self, request) -> {
          self.add("n", 1);
          return self.context().webSockets().accept(request, "x", "tag");
        });
    test.script("sockets", self -> String.valueOf(self.context().webSockets().all().size()));
    test.onMessage(
        (self, socket, message) -> {
          self.add("messages", 1);
          socket.send("got it");
        });
    test.onClose((self, socket, close) -> self.add("closes", 1));
    return SocketClient.of(test, name, "socket");
  }

  @Test
  void sockets_areClosed_andTheNextOneHasNone() {
    SocketClient client = socket("a");
    assertThat(get(test.call("a", "sockets"))).isEqualTo("1");
    get(delete("a"));

    client.awaits("close 1001 the object was deleted");
    assertThat(test.sockets().size()).isZero();
    client.text("still there?");
    client.closes(1001, "");
    test.awaitRun("b");
    assertThat(get(test.call("a", "sockets"))).isEqualTo("0");
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
    assertThat(client.got).hasSize(1);
  }

  @Test
  void socketsOfOneAsleep_areClosed_andWakeNobody() {
    SocketClient client = socket("a");
    test.letSleep();
    get(delete("a"));

    client.awaits("close 1001 the object was deleted");
    client.closes(1001, "");
    assertThat(test.activations("a")).isEqualTo(1);
    assertThat(test.sockets().size()).isZero();
    assertThat(isStored("a")).isFalse();
  }

  @Test
  void socketsOfOneWithoutAClass_areClosed_whenAnOperatorDeletesIt() {
    SocketClient client = socket("a");
    ObjectRef a = ref("a");
    withoutClass();
    client.text("waits for its namespace");
    assertThat(test.engine().interventions().delete(a)).isPresent();

    client.awaits("close 1001 the object was deleted");
    assertThat(test.sockets().size()).isZero();
    test.stopEngine();
    test.renew();
    assertThat(get(test.call("a", "sockets"))).isEqualTo("0");
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
  }

  @Test
  void messagesBehindIt_reachNobody() {
    SocketClient client = socket("a");
    Inside slow = inside("a");
    CompletableFuture<Boolean> deletion = deletionThatWaits("a");
    client.text("one");
    client.text("two");
    slow.go().countDown();

    get(slow.answer());
    assertThat(get(deletion)).isTrue();
    client.awaits("close 1001 the object was deleted");
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
    assertThat(test.activations("a")).isEqualTo(2);
  }

  @Test
  void aSocketThatWasNotOpenedYet_cannotBeOpenedAnyMore() {
    test.handler("wait", (self, request) -> self.context().webSockets().accept(request, null));
    SocketClient client = SocketClient.asked(test, "a", "wait");
    get(test.call("a", "add"));
    get(delete("a"));

    assertThat(client.open()).isFalse();
    assertThat(test.sockets().size()).isZero();
    test.clock.advance(Duration.ofMinutes(5));
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
  }

  // ---------------------------------------------------------------- SQL

  @TempDir Path scratch;

  private void withScratch() {
    test.stopEngine();
    test.setOptions(EngineOptions.defaults().withSql(SqlOptions.DEFAULT.withScratch(scratch)));
    test.renew();
    test.script(
        "sql",
        self -> {
          self.database().exec("CREATE TABLE IF NOT EXISTS t(v INTEGER)");
          self.database().exec("INSERT INTO t VALUES (1)");
          return self.database().query("SELECT count(*) FROM t").one(Long.class).toString();
        });
  }

  /** Those of objects: their names begin with an id. */
  private List<Path> scratchFiles() {
    try (Stream<Path> files = Files.walk(scratch)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> String.valueOf(file.getFileName()).matches("[0-9a-f]{64}.*"))
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isLog(Path file) {
    return file.toString().endsWith("-wal");
  }

  @Test
  void theDatabase_andItsScratchFiles_areGone() {
    withScratch();
    get(test.call("a", "sql"));
    assertThat(get(test.call("a", "sql"))).isEqualTo("2");
    get(delete("a"));
    assertThat(scratchFiles()).isEmpty();

    assertThat(get(test.call("a", "sql"))).isEqualTo("1");
    test.letSleep();
    until(
        "the file is closed", () -> scratchFiles().stream().noneMatch(DeleteLeftoversTest::isLog));
    assertThat(scratchFiles()).isNotEmpty();
    get(delete("a"));
    assertThat(scratchFiles()).isEmpty();
    assertThat(get(test.call("a", "sql"))).isEqualTo("1");
  }

  @Test
  void aDatabaseThatIsBeingClosed_isWaitedFor() {
    withScratch();
    for (int round = 0; round < 20; round++) {
      assertThat(get(test.call("a", "sql"))).isEqualTo("1");
      if (round % 2 == 0) {
        test.letSleep();
      }
      get(delete("a"));
      assertThat(scratchFiles()).isEmpty();
    }
  }

  @Test
  void anEventInSql_endsBefore() {
    withScratch();
    CompletableFuture<String> both = test.call("a", "sql");
    CompletableFuture<Boolean> deletion = delete("a");
    assertThat(get(both)).isEqualTo("1");
    get(deletion);
    get(delete("a"));
    assertThat(scratchFiles()).isEmpty();
  }

  @Test
  void theScratchFilesOfOneWithoutAClass_areGone_whenAnOperatorDeletesIt() {
    withScratch();
    get(test.call("a", "sql"));
    ObjectRef a = ref("a");
    withoutClass();
    assertThat(scratchFiles()).isNotEmpty();
    assertThat(test.engine().interventions().delete(a)).isPresent();

    assertThat(scratchFiles()).isEmpty();
    test.stopEngine();
    test.renew();
    assertThat(get(test.call("a", "sql"))).isEqualTo("1");
  }
}
