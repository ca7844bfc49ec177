// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.holdfast.Bookmark;
import dev.holdfast.KeyRange;
import dev.holdfast.LimitExceededException;
import dev.holdfast.ObjectEntry;
import dev.holdfast.RemoteException;
import dev.holdfast.Sql;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much an object may store in all: what an object at its limit can still do, and others. */
class StorageQuotaTest extends EngineSuite {
  private static final int MIB = 1 << 20;

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    return defaults.withState(defaults.state().withObjectBytes(MIB));
  }

  @BeforeEach
  void scripts() {
    test.script("add", self -> String.valueOf(self.add("n", 1)));
    test.script("size", self -> String.valueOf(self.store().storedBytes()));
    test.script(
        "fill",
        self -> {
          fill(self);
          return "";
        });
  }

  private static void fill(Scripted self) {
    for (int i = 0; i < 100; i++) {
      self.store().put("k" + i, new byte[20_000]);
    }
  }

  private long listed(String name) {
    return test.objects().list(KeyRange.prefix(name)).stream().mapToLong(ObjectEntry::bytes).sum();
  }

  @Test
  void writeBeyondTheLimit_canBeCaught_andWhatWasWrittenBeforeStays() {
    test.script(
        "catch",
        self -> {
          int written = 0;
          try {
            while (true) {
              self.store().put("k" + written, new byte[20_000]);
              written++;
            }
          } catch (LimitExceededException e) {
            self.add("caught", 1);
            return written + " " + e.getMessage();
          }
        });

    assertThat(get(test.call("a", "catch")))
        .startsWith("52 Scripted/a: it has stored ")
        .contains("limit 1048576 (limits.object-bytes)", "delete something");
    assertThat(test.activations("a")).isEqualTo(1);
    test.restart();
    test.script(
        "count",
        self -> self.count("caught") + " " + self.store().get("k51", byte[].class).isPresent());
    assertThat(get(test.call("a", "count"))).isEqualTo("1 true");
    assertThat(listed("a")).isBetween(MIB - 20_000L, (long) MIB);
  }

  @Test
  void uncaught_itIsTheCallersFailure_andTheObjectLives() {
    Throwable failure = TestEngine.failure(test.call("a", "fill"));

    assertThat(failure)
        .isInstanceOf(RemoteException.class)
        .hasMessageContaining("LimitExceededException: Scripted/a: it has stored");
    assertThat(test.activations("a")).isEqualTo(1);
    test.script(
        "empty",
        self -> {
          self.store().deleteAll();
          return "";
        });
    get(test.call("a", "empty"));
    assertThat(get(test.call("a", "add"))).isEqualTo("1");
  }

  @Test
  void neighbours_areUnharmed() {
    TestEngine.failure(test.call("a", "fill"));

    assertThat(get(test.call("b", "add"))).isEqualTo("1");
    assertThat(get(test.call("b", "add"))).isEqualTo("2");
  }

  @Test
  void storedBytes_isWhatListingsTell() {
    assertThat(get(test.call("a", "size"))).isEqualTo("0");
    get(test.call("a", "add"));
    assertThat(get(test.call("a", "size"))).isEqualTo("3");
    test.script(
        "text",
        self -> {
          self.store().put("text", "x".repeat(1_000));
          return String.valueOf(self.store().storedBytes());
        });
    String now = get(test.call("a", "text"));
    assertThat(now).isEqualTo(String.valueOf(listed("a")));
    test.restart();
    assertThat(get(test.call("a", "size"))).isEqualTo(now);
  }

  /** What the object says of its size in one turn, and listings after it. */
  private void sizeIsExact(String turn, Script change) {
    test.script(
        turn,
        self -> {
          String _ = change.run(self);
          return String.valueOf(self.store().storedBytes());
        });
    get(test.call("a", turn));
    assertThat(get(test.call("a", "size"))).as(turn).isEqualTo(String.valueOf(listed("a")));
  }

  @Test
  void storedBytes_countsWhatIsKeptAboutTheObject() {
    List<Bookmark> bookmarks = new ArrayList<>();
    Script bookmark =
        self -> {
          long _ = self.store().storedBytes();
          bookmarks.add(self.store().history().current());
          return "";
        };
    sizeIsExact("write", self -> String.valueOf(self.add("n", 1)));
    sizeIsExact("bookmark", bookmark);
    sizeIsExact("write", self -> String.valueOf(self.add("n", 1)));
    sizeIsExact("bookmark", bookmark);
    sizeIsExact(
        "wish",
        self -> {
          long _ = self.store().storedBytes();
          return self.store().history().restoreOnRestart(bookmarks.getFirst()).toString();
        });
    test.letSleep();
    sizeIsExact("bookmark", bookmark);
    sizeIsExact(
        "delete all",
        self -> {
          self.store().deleteAll();
          return "";
        });
    assertThat(listed("a")).isPositive();
  }

  @Test
  void afterDeleteAll_storedBytesIsWhatIsKeptAboutTheObject() {
    get(test.call("a", "add"));
    test.script("bookmark", self -> self.store().history().current().toString());
    get(test.call("a", "bookmark"));
    test.script(
        "delete all",
        self -> {
          self.store().deleteAll();
          self.add("m", 1);
          return String.valueOf(self.store().storedBytes());
        });
    String told = get(test.call("a", "delete all"));
    assertThat(told).isEqualTo(String.valueOf(listed("a")));
    assertThat(get(test.call("a", "size"))).isEqualTo(told);
  }

  @Test
  void anObjectThatOverwritesForEver_isNotStopped() {
    test.script(
        "overwrite",
        self -> {
          for (int i = 0; i < 10; i++) {
            self.store().put("k" + i, new byte[60_000]);
          }
          return String.valueOf(self.store().storedBytes());
        });
    for (int i = 0; i < 20; i++) {
      assertThat(Long.parseLong(get(test.call("a", "overwrite")))).isBetween(600_000L, 610_000L);
    }
  }

  // ---------------------------------------------------------------- SQL

  private static void insert(Sql sql, int times) {
    for (int i = 0; i < times; i++) {
      sql.exec("INSERT INTO t VALUES (randomblob(20000))");
    }
  }

  @Test
  void sqlBeyondTheLimit_canBeCaught_andDeletingGoesThrough() {
    test.script(
        "sql",
        self -> {
          Sql sql = self.database();
          sql.exec("CREATE TABLE IF NOT EXISTS t(v BLOB)");
          Throwable full = catchThrowable(() -> insert(sql, 100));
          assertThat(full)
              .isInstanceOf(LimitExceededException.class)
              .hasMessageContaining("limits.object-bytes");
          return sql.query("SELECT count(*) FROM t").one(Long.class).toString();
        });
    long rows = Long.parseLong(get(test.call("a", "sql")));
    assertThat(rows).isBetween(40L, 52L);
    assertThat(test.activations("a")).isEqualTo(1);
    test.script(
        "again",
        self -> {
          assertThatThrownBy(() -> insert(self.database(), 20))
              .isInstanceOf(LimitExceededException.class);
          self.database().exec("DELETE FROM t WHERE rowid % 2 = 0");
          return "";
        });
    get(test.call("a", "again"));
    test.script(
        "more",
        self -> {
          insert(self.database(), 5);
          return self.database().query("SELECT count(*) FROM t").one(Long.class).toString();
        });
    assertThat(Long.parseLong(get(test.call("a", "more")))).isGreaterThan(rows / 2);
    // A page that cannot be compressed takes a little more than itself.
    assertThat(listed("a")).isLessThan(MIB + MIB / 50);
  }

  @Test
  void sqlAndEntries_shareTheLimit() {
    test.script(
        "both",
        self -> {
          self.database().exec("CREATE TABLE t(v BLOB)");
          insert(self.database(), 30);
          return "";
        });
    get(test.call("a", "both"));

    assertThat(TestEngine.failure(test.call("a", "fill")))
        .hasMessageContaining("limits.object-bytes");
    test.script(
        "little",
        self -> {
          for (int i = 0; i < 15; i++) {
            self.store().put("k" + i, new byte[20_000]);
          }
          return String.valueOf(self.store().storedBytes());
        });
    assertThat(Long.parseLong(get(test.call("a", "little")))).isBetween(900_000L, (long) MIB);
  }

  @Test
  void whatSqlAndEntriesOfOneTurnAddTogether_isHeldToTheLimit() {
    test.script(
        "both",
        self -> {
          self.database().exec("CREATE TABLE t(v BLOB)");
          insert(self.database(), 40);
          assertThatThrownBy(() -> fill(self))
              .isInstanceOf(LimitExceededException.class)
              .hasMessageContaining("limits.object-bytes");
          return "";
        });
    get(test.call("a", "both"));

    assertThat(listed("a")).isLessThan(MIB + MIB / 50);
  }

  @Test
  void whatSqlWroteInATransactionThatWasUndone_doesNotCountAgainstEntries() {
    test.script(
        "undone",
        self -> {
          self.database().exec("CREATE TABLE t(v BLOB)");
          assertThatThrownBy(
                  () ->
                      self.store()
                          .transaction(
                              () -> {
                                insert(self.database(), 40);
                                throw new IllegalArgumentException("undo");
                              }))
              .isInstanceOf(IllegalArgumentException.class);
          for (int i = 0; i < 40; i++) {
            self.store().put("k" + i, new byte[20_000]);
          }
          return "";
        });
    get(test.call("a", "undone"));

    assertThat(listed("a")).isBetween(800_000L, (long) MIB);
  }

  @Test
  void whatSqlWroteBeforeDeleteAll_doesNotCountAgainstEntries() {
    test.script(
        "all",
        self -> {
          self.database().exec("CREATE TABLE t(v BLOB)");
          insert(self.database(), 40);
          self.store().deleteAll();
          for (int i = 0; i < 40; i++) {
            self.store().put("k" + i, new byte[20_000]);
          }
          return "";
        });
    get(test.call("a", "all"));

    assertThat(listed("a")).isBetween(800_000L, (long) MIB);
  }
}
