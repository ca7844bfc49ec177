// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.store.memory.Faults.CommitFault;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A database that gives way to others is closed while its activation lives, and opened again:
 * without a sync, without reading it from the store, and as it was, whatever happens in between.
 */
class SqlGivingWayTest extends ScratchSuite {
  SqlGivingWayTest() {
    super(1);
  }

  @BeforeEach
  void scripts() {
    test.script(
        "create",
        self -> {
          self.database().exec("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
          return insert(self);
        });
    test.script("insert", SqlGivingWayTest::insert);
    test.script(
        "count",
        self ->
            self.database().query("SELECT count(*) FROM t").one(Long.class)
                + " "
                + self.database().query("PRAGMA integrity_check").one(String.class));
    test.script("activation", self -> String.valueOf(self.activation()));
    get(test.call("a", "create"));
    get(test.call("b", "create"));
  }

  private static String insert(Scripted self) {
    return String.valueOf(self.database().exec("INSERT INTO t(v) VALUES (randomblob(20000))"));
  }

  private void holds(String object, int rows) {
    assertThat(get(test.call(object, "count"))).isEqualTo(rows + " ok");
  }

  private boolean isMarked() throws IOException {
    for (Path mark : files(".mark")) {
      if (Files.size(mark) > 0) {
        return true;
      }
    }
    return false;
  }

  /** Uses the database of another object, and waits until that of the first is closed. */
  private Path giveWay() throws IOException {
    String other = "b";
    get(test.call(other, "count"));
    TestEngine.until("one is open", () -> files("-wal").size() == 1);
    String open = files("-wal").getFirst().toString().replace("-wal", "");
    return files(".db").stream()
        .filter(file -> !file.toString().equals(open))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void closedAndOpenedAgain_isTheSameFile_andNothingIsMarkedUntilTheActivationEnds()
      throws IOException {
    Path file = giveWay();
    for (int round = 2; round < 20; round++) {
      get(test.call("a", "insert"));
      get(test.call("b", "insert"));
      assertThat(giveWay()).isEqualTo(file);
      assertThat(isMarked()).isFalse();
    }
    holds("a", 19);
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
    assertThat(test.engine().sqlPagesRebuilt()).isZero();
    test.letSleep();
    TestEngine.until("both are marked", () -> files(".mark").size() == 2);
    holds("a", 19);
    assertThat(test.engine().sqlPagesRebuilt()).isZero();
  }

  @Test
  void closedWhenItsActivationFallsAsleep_isMarked_andUsedAfterARestart() throws IOException {
    giveWay();
    test.restart();
    assertThat(files(".mark")).hasSize(2);
    holds("a", 1);
    holds("b", 1);
    assertThat(test.engine().sqlPagesRebuilt()).isZero();
    get(test.call("a", "insert"));
    giveWay();
    assertThat(files(".mark").stream().filter(mark -> mark.toFile().length() == 0)).hasSize(1);
    test.restart();
    holds("a", 2);
    assertThat(test.engine().sqlPagesRebuilt()).isZero();
  }

  @Test
  void removedWhileItIsClosed_isMadeAnew() throws IOException {
    for (int round = 2; round < 6; round++) {
      Files.delete(giveWay());
      get(test.call("a", "insert"));
      holds("a", round);
    }
    assertThat(test.engine().sqlPagesRebuilt()).isPositive();
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
  }

  @Test
  void replacedByAnOlderOneOfTheSameSize_isMadeAnew() throws IOException {
    test.script(
        "update", self -> String.valueOf(self.database().exec("UPDATE t SET n = n + 1000")));
    test.script(
        "n", self -> String.valueOf(self.database().query("SELECT max(n) FROM t").one(Long.class)));
    Path old = scratch.resolve("old");
    Path file = giveWay();
    Files.copy(file, old, StandardCopyOption.COPY_ATTRIBUTES);
    get(test.call("a", "update"));
    assertThat(giveWay()).isEqualTo(file);
    assertThat(Files.size(file)).isEqualTo(Files.size(old));
    Files.move(old, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(get(test.call("a", "n"))).isEqualTo("1001");
    holds("a", 1);
  }

  @Test
  void cutOffWhileItIsClosed_isMadeAnew_alsoIfItIsToBeMarkedThen() throws IOException {
    cutOff(giveWay());
    holds("a", 1);
    cutOff(giveWay());
    test.letSleep();
    holds("a", 1);
    assertThat(test.engine().sqlPagesRebuilt()).isPositive();
    cutOff(giveWay());
    test.restart();
    holds("a", 1);
  }

  private static void cutOff(Path file) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(open.length() - 4096);
    }
  }

  @Test
  void logPutBesideItWhileItIsClosed_isNotRead() throws IOException {
    Path file = giveWay();
    byte[] log;
    get(test.call("a", "insert"));
    log =
        Files.readAllBytes(
            files("-wal").stream().filter(each -> isOf(each, file)).findFirst().orElseThrow());
    assertThat(log).isNotEmpty();
    get(test.call("a", "insert"));
    assertThat(giveWay()).isEqualTo(file);
    Files.write(file.resolveSibling(file.getFileName() + "-wal"), log);
    holds("a", 3);
  }

  private static boolean isOf(Path log, Path file) {
    return log.toString().equals(file + "-wal");
  }

  @Test
  void commitThatFailsAfterTheDatabaseWasClosed_isNotInTheNextActivations() throws IOException {
    for (CommitFault fault : CommitFault.values()) {
      String object = fault.name();
      get(test.call(object, "create"));
      long submitted = test.store().gate().submitted();
      test.store().faults().failNextCommit(fault);
      test.store().gate().hold();
      CompletableFuture<String> insert = test.call(object, "insert");
      test.awaitSubmitted(submitted + 1);
      giveWay();
      test.store().gate().release();
      if (fault == CommitFault.REFUSED) {
        test.getAsTimePasses(insert);
      } else {
        failure(insert);
      }
      boolean applied = fault != CommitFault.UNKNOWN_NOT_APPLIED;
      holds(object, applied ? 2 : 1);
      giveWay();
      holds(object, applied ? 2 : 1);
      test.restart();
      holds(object, applied ? 2 : 1);
    }
  }

  @Test
  void discardedActivation_whoseDatabaseWasClosed_leavesNothingWrong() throws IOException {
    test.script(
        "abort",
        self -> {
          self.context().abort("on purpose");
          return "";
        });
    for (int round = 1; round < 5; round++) {
      get(test.call("a", "insert"));
      giveWay();
      failure(test.call("a", "abort"));
      holds("a", round + 1);
      giveWay();
    }
  }

  @Test
  void interruptedThread_opensItAgain() throws IOException {
    giveWay();
    test.script(
        "interrupted",
        self -> {
          Thread.currentThread().interrupt();
          insert(self);
          return String.valueOf(Thread.currentThread().isInterrupted());
        });
    assertThat(get(test.object("a").later("interrupted"))).isEqualTo("true");
    holds("a", 2);
    assertThat(test.engine().sqlPagesRebuilt()).isZero();
  }

  @Test
  void everythingDeletedWhileItIsClosed_beginsAnew() throws IOException {
    test.script(
        "delete",
        self -> {
          self.store().deleteAll();
          return "";
        });
    giveWay();
    get(test.call("a", "delete"));
    get(test.call("a", "create"));
    holds("a", 1);
    giveWay();
    holds("a", 1);
    test.restart();
    holds("a", 1);
  }
}
