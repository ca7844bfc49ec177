// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Bookmark;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectResetException;
import dev.holdfast.Past;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** Tests of the past of an object that has entries and a table. */
abstract class HistorySuite extends EngineSuite {
  static final String ROWS = "SELECT v FROM t ORDER BY rowid";

  @BeforeEach
  void scripts() {
    test.script("state", HistorySuite::state);
    test.script("bookmark", self -> self.store().history().current().toString());
  }

  static String state(Scripted self) {
    return self.store().list(Long.class, KeyRange.all())
        + " "
        + self.database().query(ROWS).list(String.class);
  }

  static String state(Past past) {
    return past.list(Long.class, KeyRange.all()) + " " + past.query(ROWS).list(String.class);
  }

  String run(String name, Script script) {
    test.script(name, script);
    return get(test.call("a", name));
  }

  void write(String value) {
    run(
        "write " + value,
        self -> {
          self.database().exec("CREATE TABLE IF NOT EXISTS t(v TEXT)");
          self.database().exec("INSERT INTO t VALUES (?)", value);
          self.add("n", 1);
          self.store().put(value, 1L);
          return "";
        });
  }

  Bookmark bookmark() {
    return Bookmark.parse(get(test.call("a", "bookmark")));
  }

  String at(Bookmark bookmark) {
    return run("past", self -> state(self.store().history().view(bookmark)));
  }

  void restore(Bookmark bookmark, List<Bookmark> undo) {
    run(
        "restore",
        self -> {
          undo.add(self.store().history().restoreOnRestart(bookmark));
          return "";
        });
    test.script(
        "abort",
        self -> {
          self.context().abort("to go back");
          return "";
        });
    assertThat(failure(test.call("a", "abort"))).isInstanceOf(ObjectResetException.class);
  }

  Bookmark wish(Bookmark bookmark) {
    return Bookmark.parse(
        run("wish", self -> self.store().history().restoreOnRestart(bookmark).toString()));
  }

  void prune() {
    while (!test.store().prune(1_000).passCompleted()) {
      // It goes on where it was.
    }
  }
}
