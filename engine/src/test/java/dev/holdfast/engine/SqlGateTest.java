// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What leaves an object waits for what was written in SQL, as for any other write. */
class SqlGateTest extends SqlSuite {
  @BeforeEach
  void scripts() {
    sql(sql -> sql.exec("CREATE TABLE t(a)"));
    test.script("insert", self -> String.valueOf(self.database().exec("INSERT INTO t VALUES (1)")));
    test.script("rows", self -> String.valueOf(number(self.database(), "SELECT count(*) FROM t")));
    test.script(
        "both",
        self -> {
          self.add("n", 1);
          return String.valueOf(self.database().exec("INSERT INTO t VALUES (1)"));
        });
  }

  @Test
  @Conformance("C-OG-11")
  void answer_afterAWriteInSql_waitsUntilItIsDurable() {
    long before = test.store().gate().applied();
    test.store().gate().hold();
    CompletableFuture<String> answer = test.call("a", "both");
    test.awaitSubmitted(before + 1);
    test.awaitRun("a");
    assertThat(answer).isNotDone();
    test.store().gate().release();
    assertThat(get(answer)).isEqualTo("1");
    assertThat(test.store().gate().applied()).as("one commit for both").isEqualTo(before + 1);
  }

  @Test
  void answer_readFromWhatIsNotDurable_waitsForIt() {
    long before = test.store().gate().applied();
    test.store().gate().hold();
    var _ = test.call("a", "insert");
    test.awaitSubmitted(before + 1);
    CompletableFuture<String> rows = test.call("a", "rows");
    test.awaitRun("a");
    assertThat(rows).isNotDone();
    test.store().gate().release();
    assertThat(get(rows)).isEqualTo("1");
  }

  @Test
  void turnThatOnlyReads_commitsNothing() {
    long before = test.store().gate().applied();
    sql(sql -> assertThat(number(sql, "SELECT count(*) FROM t")).isZero());
    sql(sql -> assertThat(sql.exec("DELETE FROM t WHERE a = 5")).isZero());
    sql(sql -> assertThat(sql.exec("UPDATE t SET a = 2 WHERE a = 1")).isZero());
    assertThat(test.store().gate().applied()).isEqualTo(before);
  }

  @Test
  @Conformance("C-SQL-51")
  void databaseThatCannotBeRead_resetsTheObject_andTheCallIsRunAgain() {
    get(test.call("a", "insert"));
    test.restart();
    event(self -> assertThat(self.activation()).isEqualTo(2));
    List<Throwable> seen = new CopyOnWriteArrayList<>();
    test.script(
        "rows",
        self -> {
          try {
            return String.valueOf(number(self.database(), "SELECT count(*) FROM t"));
          } catch (Throwable e) {
            seen.add(e);
            throw e;
          }
        });
    test.store().faults().failNextRead();
    assertThat(test.getAsTimePasses(test.call("a", "rows"))).isEqualTo("1");
    assertThat(seen)
        .singleElement()
        .isInstanceOf(Error.class)
        .extracting(Throwable::getMessage)
        .asString()
        .contains("as a test asked for");
    event(self -> assertThat(self.activation()).isEqualTo(3));
  }
}
