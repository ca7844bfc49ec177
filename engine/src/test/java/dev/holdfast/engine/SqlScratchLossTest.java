// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.HoldfastException;
import dev.holdfast.engine.sql.page.ScratchLimits;
import dev.holdfast.store.Retention;
import dev.holdfast.store.memory.Faults.CommitFault;
import dev.holdfast.store.memory.InMemoryStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder of scratch files may be lost or damaged at any time: nothing confirmed is. */
class SqlScratchLossTest extends EngineSuite {
  @TempDir Path folder;

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    return defaults.withSql(
        defaults
            .sql()
            .withScratch(folder.resolve("scratch"))
            .withScratchLimits(new ScratchLimits(1L << 30, 0)));
  }

  @BeforeEach
  void scripts() {
    test.script(
        "create",
        self -> {
          self.database().exec("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
          return String.valueOf(self.database().exec("INSERT INTO t(v) VALUES (zeroblob(20000))"));
        });
    test.script("insert", self -> insert(self, 1));
    test.script("count", SqlScratchLossTest::count);
    test.script("activation", self -> String.valueOf(self.activation()));
    test.script("check", self -> self.database().query("PRAGMA integrity_check").one(String.class));
  }

  private static String insert(Scripted self, int bytes) {
    return String.valueOf(self.database().exec("INSERT INTO t(v) VALUES (randomblob(?))", bytes));
  }

  private static String count(Scripted self) {
    return String.valueOf(self.database().query("SELECT count(*) FROM t").one(Long.class));
  }

  private Path scratch() {
    return folder.resolve("scratch");
  }

  private List<Path> files(String end) {
    try (Stream<Path> all = Files.walk(scratch())) {
      return all.filter(path -> path.toString().endsWith(end)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void wipe() {
    try (Stream<Path> all = Files.walk(scratch())) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void holds(String rows) {
    assertThat(get(test.call("a", "count"))).isEqualTo(rows);
    assertThat(get(test.call("a", "check"))).isEqualTo("ok");
  }

  @Test
  void folderRemovedBeforeTheFirstCommitOfAnOpenDatabase_losesNothing() {
    get(test.call("a", "create"));
    test.restart();
    test.script(
        "wiped",
        self -> {
          count(self);
          wipe();
          return insert(self, 1);
        });
    assertThat(get(test.call("a", "wiped"))).isEqualTo("1");
    test.restart();
    holds("2");
  }

  @Test
  void folderRemovedWhileADatabaseIsOpen_losesNothing_alsoInTurnsThatWriteMuch() {
    get(test.call("a", "create"));
    test.restart();
    get(test.call("a", "count"));
    wipe();
    get(test.call("a", "insert"));
    test.script("much", self -> insert(self, 6 << 20));
    assertThat(get(test.call("a", "much"))).isEqualTo("1");
    assertThat(get(test.call("a", "much"))).isEqualTo("1");
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
    test.letSleep();
    holds("4");
    test.restart();
    holds("4");
  }

  @Test
  void markThatIsNoText_isAsGoodAsNone() throws IOException {
    get(test.call("a", "create"));
    test.stopEngine();
    Files.write(files(".mark").getFirst(), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
    test.renew();
    holds("1");
    assertThat(test.engine().sqlPagesRebuilt()).isPositive();
  }

  @Test
  void markThatCannotBeRead_isAsGoodAsNone() throws IOException {
    get(test.call("a", "create"));
    test.stopEngine();
    Path mark = files(".mark").getFirst();
    Files.delete(mark);
    Files.createDirectories(mark.resolve("full"));
    test.renew();
    holds("1");
    get(test.call("a", "insert"));
    test.restart();
    holds("2");
  }

  @Test
  void olderFileInThePlaceOfOneThatIsMarked_isNotUsed() throws IOException {
    get(test.call("a", "create"));
    test.stopEngine();
    Path file = files(".db").getFirst();
    byte[] old = Files.readAllBytes(file);
    test.renew();
    test.script("update", self -> String.valueOf(self.database().exec("UPDATE t SET n = 7")));
    get(test.call("a", "update"));
    test.stopEngine();
    assertThat(Files.size(file)).isEqualTo(old.length);
    FileTime written = Files.getLastModifiedTime(file);
    Files.write(file, old);
    // The clock of a file system may stand still for so long.
    Files.setLastModifiedTime(file, FileTime.fromMillis(written.toMillis() + 10));
    test.renew();
    test.script(
        "n", self -> String.valueOf(self.database().query("SELECT n FROM t").one(Long.class)));
    assertThat(get(test.call("a", "n"))).isEqualTo("7");
    holds("1");
  }

  @Test
  void interruptedThread_commitsAsAnyOther() {
    get(test.call("a", "create"));
    test.restart();
    test.script(
        "interrupted",
        self -> {
          Thread.currentThread().interrupt();
          count(self);
          insert(self, 6 << 20);
          self.store().sync();
          insert(self, 6 << 20);
          boolean still = Thread.currentThread().isInterrupted();
          return still + " " + self.activation();
        });
    assertThat(get(test.object("a").later("interrupted"))).isEqualTo("true 2");
    wipeAfterStop();
    test.script(
        "interrupted rebuild",
        self -> {
          Thread.currentThread().interrupt();
          return count(self);
        });
    assertThat(get(test.object("a").later("interrupted rebuild"))).isEqualTo("3");
  }

  private void wipeAfterStop() {
    test.stopEngine();
    wipe();
    test.renew();
  }

  @Test
  void readThatFailsWhileTheFileIsMade_discardsTheActivation_andLeavesNoFile() {
    get(test.call("a", "create"));
    wipeAfterStop();
    test.script(
        "fail",
        self -> {
          if (self.activation() > 2) {
            return "again: " + self.count("n");
          }
          self.add("n", 1);
          self.database().migrate();
          test.store().faults().failNextRead();
          try {
            return count(self);
          } catch (HoldfastException e) {
            return "went on";
          }
        });
    assertThat(test.getAsTimePasses(test.call("a", "fail"))).isEqualTo("again: 0");
    TestEngine.until("its file is removed", () -> files(".db").isEmpty());
    holds("1");
  }

  @Test
  void databaseThatTheNextOwnerChangesWhileItIsRead_isNotShown() {
    get(test.call("a", "create"));
    test.stopEngine();
    wipe();
    try (HeldReads store =
            new HeldReads(new InMemoryStore(test.clock, Retention.DEFAULT, test.store().data()));
        Engine deposed =
            Engine.start(
                EngineOptions.defaults().withClock(test.clock),
                store,
                List.of(test.objectClass(TestEngine.SCRIPTED)))) {
      store.beforeNextScan(
          () -> {
            test.takeOver();
            get(test.call("a", "insert"));
          });
      ScriptedCalls a = deposed.objects(TestEngine.SCRIPTED, ScriptedCalls.class).getByName("a");
      CompletableFuture<String> late = test.worker(() -> a.run("count"));
      assertThat(test.failureAsTimePasses(late)).isInstanceOf(HoldfastException.class);
      holds("2");
    }
  }

  @Test
  void threadOfAnEndedActivation_thatOpensTheDatabaseLate_harmsNobody() {
    get(test.call("a", "create"));
    test.stopEngine();
    try (HeldReads store =
            new HeldReads(new InMemoryStore(test.clock, Retention.DEFAULT, test.store().data()));
        Engine engine =
            Engine.start(
                options(EngineOptions.defaults()).withClock(test.clock),
                store,
                List.of(test.objectClass(TestEngine.SCRIPTED)))) {
      ScriptedCalls a = engine.objects(TestEngine.SCRIPTED, ScriptedCalls.class).getByName("a");
      CountDownLatch late = test.latch();
      CountDownLatch reads = test.latch();
      store.beforeNextGet(
          () -> {
            reads.countDown();
            pass(late);
          });
      CompletableFuture<String> first = a.later("count");
      pass(reads);
      test.clock.advance(Duration.ofSeconds(31));
      failure(first);
      CountDownLatch opened = test.latch();
      CountDownLatch goOn = test.latch();
      test.script(
          "slow insert",
          self -> {
            count(self);
            opened.countDown();
            pass(goOn);
            return insert(self, 1);
          });
      CompletableFuture<String> second = a.later("slow insert");
      pass(opened);
      late.countDown();
      TestEngine.until("the first has left", () -> engine.leftOverThreads() == 0);
      goOn.countDown();
      assertThat(get(second)).isEqualTo("1");
      TestEngine.until(
          "asleep",
          () -> {
            test.clock.advance(Duration.ofSeconds(11));
            return engine.activations() == 0;
          });
      assertThat(get(a.later("count"))).isEqualTo("2");
    }
    test.renew();
  }

  @Test
  void scratchThatIsNoFolder_isAClearError_andWorksOnceItIs() throws IOException {
    test.stopEngine();
    Files.writeString(scratch(), "not a folder");
    test.renew();
    test.script("n", self -> String.valueOf(self.add("n", 1)));
    Throwable failure = test.failureAsTimePasses(test.call("a", "create"));
    assertThat(failure)
        .isInstanceOf(HoldfastException.class)
        .hasMessageContaining("Scripted/a: the SQL database cannot be opened")
        .hasMessageContaining("scratch");
    assertThat(get(test.call("a", "n"))).isEqualTo("1");
    Files.delete(scratch());
    get(test.call("a", "create"));
    holds("1");
  }

  @Test
  void failedCommit_ofAFileThatIsUsedAgain_leavesNothingBehind() {
    for (CommitFault fault : CommitFault.values()) {
      String object = fault.name();
      get(test.call(object, "create"));
      test.letSleep();
      assertThat(get(test.call(object, "count"))).isEqualTo("1");
      test.store().faults().failNextCommit(fault);
      boolean applied = fault != CommitFault.UNKNOWN_NOT_APPLIED;
      if (fault == CommitFault.REFUSED) {
        test.getAsTimePasses(test.call(object, "insert"));
      } else {
        failure(test.call(object, "insert"));
      }
      assertThat(get(test.call(object, "count"))).isEqualTo(applied ? "2" : "1");
      test.restart();
      assertThat(get(test.call(object, "count"))).isEqualTo(applied ? "2" : "1");
      assertThat(get(test.call(object, "check"))).isEqualTo("ok");
    }
  }
}
