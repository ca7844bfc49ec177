// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Bookmark;
import dev.holdfast.Past;
import dev.holdfast.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of past databases take no space when nobody uses them any more. */
class SqlPastFilesTest extends EngineSuite {
  @TempDir Path folder;

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    return defaults.withSql(defaults.sql().withScratch(folder.resolve("scratch")));
  }

  private Path past() {
    return folder.resolve("scratch").resolve("past");
  }

  private List<Path> files() {
    if (!Files.exists(past())) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(past())) {
      return all.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void scripts() {
    test.script(
        "create",
        self -> {
          self.database().exec("CREATE TABLE t(v); INSERT INTO t VALUES (1)");
          self.store().sync();
          return self.store().history().current().toString();
        });
  }

  private void queryPast(Bookmark then) {
    test.script(
        "past",
        self ->
            self.store().history().view(then).query("SELECT v FROM t").one(Long.class).toString());
    assertThat(get(test.call("a", "past"))).isEqualTo("1");
  }

  @Test
  void copyThatAKilledNodeLeft_isRemoved() throws IOException {
    Bookmark then = Bookmark.parse(get(test.call("a", "create")));
    queryPast(then);
    assertThat(files()).isEmpty();
    test.stopEngine();
    Files.write(past().resolve("17.db"), new byte[4096]);
    Files.write(past().resolve("17.db-wal"), new byte[4096]);
    test.renew();
    queryPast(then);
    TestEngine.until("what was left is removed", () -> files().isEmpty());
  }

  @Test
  void copyThatCouldNotBeRead_isRemoved() {
    Bookmark then = Bookmark.parse(get(test.call("a", "create")));
    test.script(
        "fails",
        self -> {
          self.store().history().view(then);
          test.store().faults().failReadAfter(1);
          assertThatThrownBy(
                  () -> self.store().history().view(then).query("SELECT v FROM t").one(Long.class))
              .isInstanceOf(StorageException.class);
          return "";
        });
    get(test.call("a", "fails"));
    assertThat(files()).isEmpty();
    queryPast(then);
  }

  @Test
  void turnThatLooksAtManyMoments_keepsFewCopies() {
    int moments = 30;
    List<Bookmark> all = new ArrayList<>();
    all.add(Bookmark.parse(get(test.call("a", "create"))));
    test.script(
        "next",
        self -> {
          self.database().exec("UPDATE t SET v = v + 1");
          self.store().sync();
          return self.store().history().current().toString();
        });
    for (int i = 1; i < moments; i++) {
      test.clock.advance(Duration.ofSeconds(1));
      all.add(Bookmark.parse(get(test.call("a", "next"))));
    }
    test.script(
        "look",
        self -> {
          Past first = self.store().history().view(all.getFirst());
          Iterator<Long> rows =
              first.query("SELECT 0 UNION ALL SELECT v FROM t").stream(Long.class).iterator();
          assertThat(rows.next()).isZero();
          for (int round = 0; round < 2; round++) {
            for (int i = 0; i < moments; i++) {
              Past then = self.store().history().view(all.get(i));
              assertThat(then.query("SELECT v FROM t").one(Long.class)).isEqualTo(i + 1);
              assertThat(files().stream().filter(file -> file.toString().endsWith(".db")))
                  .hasSizeLessThanOrEqualTo(5);
            }
          }
          assertThat(rows.next()).isEqualTo(1);
          return "looked";
        });
    assertThat(get(test.call("a", "look"))).isEqualTo("looked");
    assertThat(files()).isEmpty();
  }
}
