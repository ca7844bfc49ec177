// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.Bookmark;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What SQL wrote has a past that can be read. */
class SqlPastTest extends SqlSuite {

  @Test
  @Conformance("C-SQL-41")
  void bookmarks_countUp_andEachShowsItsTime() {
    sql(sql -> sql.exec("CREATE TABLE t(a)"));
    List<Bookmark> bookmarks = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      event(
          self -> {
            bookmarks.add(self.store().history().current());
            self.database().exec("INSERT INTO t VALUES (1)");
          });
    }
    assertThat(bookmarks).isSorted().doesNotHaveDuplicates();
    event(
        self -> {
          for (int i = 0; i < 20; i++) {
            assertThat(
                    self.store()
                        .history()
                        .view(bookmarks.get(i))
                        .query("SELECT count(*) FROM t")
                        .one(Long.class))
                .isEqualTo(i);
          }
        });
  }

  @Test
  void past_isOnlyRead() {
    sql(sql -> sql.exec("CREATE TABLE t(a)"));
    event(
        self -> {
          var past = self.store().history().view(self.store().history().current());
          for (String text :
              List.of(
                  "INSERT INTO t VALUES (1)",
                  "WITH x AS (SELECT $a(') AS v) INSERT INTO t SELECT 1 --')",
                  "SELECT 1; DROP TABLE t")) {
            assertThatIllegalArgumentException()
                .isThrownBy(() -> past.query(text))
                .withMessageContaining("a past moment cannot be changed");
          }
          assertThat(past.query("SELECT count(*) FROM t").one(Long.class)).isZero();
        });
  }
}
