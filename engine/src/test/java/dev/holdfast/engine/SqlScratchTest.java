// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The scratch file of a database is used again if it can be relied on, and else made anew. */
class SqlScratchTest extends ScratchSuite {
  SqlScratchTest() {
    super(2);
  }

  @BeforeEach
  void scripts() {
    test.script(
        "create",
        self -> {
          self.database().exec("CREATE TABLE t(n INTEGER PRIMARY KEY, v TEXT)");
          for (int i = 0; i < 100; i++) {
            self.database()
                .exec("INSERT INTO t(v) VALUES (?)", "a value that takes space ".repeat(40));
          }
          return "";
        });
    test.script(
        "insert", self -> String.valueOf(self.database().exec("INSERT INTO t(v) VALUES ('x')")));
    test.script(
        "count",
        self -> String.valueOf(self.database().query("SELECT count(*) FROM t").one(Long.class)));
    test.script("check", self -> self.database().query("PRAGMA integrity_check").one(String.class));
  }

  @Test
  void databaseOfAnObjectThatSlept_isUsedAgain() {
    get(test.call("a", "create"));
    test.letSleep();
    assertThat(get(test.call("a", "count"))).isEqualTo("100");
    get(test.call("a", "insert"));
    test.restart();
    assertThat(get(test.call("a", "count"))).isEqualTo("101");
    assertThat(get(test.call("a", "check"))).isEqualTo("ok");
    assertThat(test.engine().sqlPagesRebuilt()).isZero();
  }

  @Test
  void fileThatIsGone_isMadeAnew() throws IOException {
    get(test.call("a", "create"));
    test.stopEngine();
    for (Path file : files(".db")) {
      Files.delete(file);
    }
    test.renew();
    assertThat(get(test.call("a", "count"))).isEqualTo("100");
    assertThat(get(test.call("a", "check"))).isEqualTo("ok");
    assertThat(test.engine().sqlPagesRebuilt()).isGreaterThan(20);
  }

  @Test
  void fileOfAnEarlierCommit_isMadeAnew() throws IOException {
    get(test.call("a", "create"));
    test.stopEngine();
    Path file = files(".db").getFirst();
    Path mark = files(".mark").getFirst();
    byte[] oldFile = Files.readAllBytes(file);
    byte[] oldMark = Files.readAllBytes(mark);
    test.renew();
    get(test.call("a", "insert"));
    test.stopEngine();
    Files.write(file, oldFile);
    Files.write(mark, oldMark);
    test.renew();
    assertThat(get(test.call("a", "count"))).isEqualTo("101");
    assertThat(test.engine().sqlPagesRebuilt()).isPositive();
  }

  @Test
  void onlySoManyAreOpen_andNothingIsLost() throws IOException {
    for (int round = 0; round < 3; round++) {
      for (String object : List.of("a", "b", "c", "d", "e")) {
        get(test.call(object, round == 0 ? "create" : "insert"));
      }
    }
    for (String object : List.of("a", "b", "c", "d", "e")) {
      assertThat(get(test.call(object, "count"))).isEqualTo("102");
      assertThat(test.activations(object)).isEqualTo(1);
    }
    TestEngine.until("at most two are open", () -> files("-wal").size() <= 2);
    assertThat(test.engine().sqlPagesRebuilt()).isZero();
  }
}
