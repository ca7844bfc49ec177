// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Bookmark;
import dev.holdfast.ObjectResetException;
import dev.holdfast.Outcome;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A statement without end is stopped at the wall limit, and holds up nobody else. */
class SqlWallLimitTest extends SqlSuite {
  private static final String ENDLESS =
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) ";

  /** Short statements are not seen so often. */
  private static final int LOOKS = 5;

  private final CompletableFuture<Thread> running = new CompletableFuture<>();

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    return defaults.withEvents(
        defaults.events().withCallTimeout(ofMinutes(10)).withWallLimit(ofSeconds(30)));
  }

  /** Runs code that never ends by itself, and waits until SQLite is at it. */
  private CompletableFuture<String> endless(Code code) {
    test.script(
        "endless",
        self -> {
          self.database().exec("INSERT INTO t VALUES ('lost')");
          self.add("n", 1);
          running.complete(Thread.currentThread());
          code.run(self);
          return "ended";
        });
    CompletableFuture<String> answer = test.object("a").later("endless");
    Thread thread = get(running);
    AtomicInteger seen = new AtomicInteger();
    TestEngine.until(
        "SQLite stays at it", () -> (isInSqlite(thread) ? seen.incrementAndGet() : 0) >= LOOKS);
    return answer;
  }

  private static boolean isInSqlite(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals("step"));
  }

  private void assertStopped(CompletableFuture<String> answer) {
    test.script("neighbour", self -> String.valueOf(number(self.database(), "SELECT 5")));
    assertThat(get(test.call("b", "neighbour"))).isEqualTo("5");
    assertThat(answer).isNotDone();
    test.clock.advance(ofMillis(30_500));
    Throwable failure = failure(answer);
    assertThat(failure)
        .isInstanceOf(ObjectResetException.class)
        .hasMessageContaining("Scripted/a")
        .hasMessageContaining("wall limit of 30 s");
    assertThat(((ObjectResetException) failure).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    TestEngine.until("the statement has ended", () -> test.engine().leftOverThreads() == 0);
    event(
        self -> {
          assertThat(self.activation()).isEqualTo(2);
          assertThat(number(self.database(), "SELECT count(*) FROM t")).isZero();
          assertThat(self.count("n")).isZero();
          self.database().exec("INSERT INTO t VALUES ('kept')");
        });
    assertThat(get(test.call("b", "neighbour"))).isEqualTo("5");
  }

  private void table() {
    sql(sql -> sql.exec("CREATE TABLE t(a)"));
  }

  @Test
  void endlessQuery_isStopped() {
    table();
    assertStopped(endless(self -> self.database().query(ENDLESS + "SELECT count(*) FROM c")));
  }

  @Test
  void endlessWrite_isStopped() {
    table();
    assertStopped(
        endless(
            self -> self.database().exec(ENDLESS + "INSERT INTO t SELECT x FROM c WHERE x < 0")));
  }

  @Test
  void endlessQuery_withinATransaction_isStopped() {
    table();
    assertStopped(
        endless(
            self ->
                self.store()
                    .transaction(() -> self.database().exec(ENDLESS + "SELECT count(*) FROM c"))));
  }

  @Test
  void endlessRows_areStopped() {
    table();
    assertStopped(endless(self -> self.database().exec(ENDLESS + "SELECT x FROM c WHERE x > 3")));
  }

  @Test
  void endlessQuery_ofThePast_isStopped() {
    table();
    CompletableFuture<Bookmark> before = new CompletableFuture<>();
    event(self -> before.complete(self.store().history().current()));
    assertStopped(
        endless(
            self ->
                self.store()
                    .history()
                    .view(get(before))
                    .query(ENDLESS + "SELECT count(*) FROM c")));
  }

  @Test
  void endlessQuery_doesNotKeepTheNodeFromStopping() {
    table();
    CompletableFuture<String> answer =
        endless(self -> self.database().query(ENDLESS + "SELECT count(*) FROM c"));
    test.stopEngine();
    assertThat(failure(answer)).isNotNull();
    test.renew();
    sql(sql -> assertThat(number(sql, "SELECT count(*) FROM t")).isZero());
  }
}
