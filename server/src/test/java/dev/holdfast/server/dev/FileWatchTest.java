// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.dev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.server.app.BuildInputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** With looks that are given, and no time that passes. */
class FileWatchTest {
  private final Deque<Supplier<BuildInputs>> looks = new ArrayDeque<>();

  @Test
  void a_change_is_told_once_it_is_over() throws InterruptedException {
    FileWatch watch = watching("a 1");
    see("a 1", "a 2", "a 3", "a 3");

    assertThat(watch.awaitChanges(_ -> looks.isEmpty())).containsExactly(Path.of("a"));
    assertThat(looks).isEmpty();
  }

  @Test
  void what_is_as_it_was_when_it_holds_still_is_no_change() throws InterruptedException {
    FileWatch watch = watching("a 1");
    see("a 2", "a 1", "a 1", "a 1");

    assertThat(watch.awaitChanges(_ -> looks.isEmpty())).isEmpty();
  }

  @Test
  void files_that_came_went_or_changed_are_named() throws InterruptedException {
    FileWatch watch = watching("a 1", "b 1", "c 1");
    looks.add(() -> files("b 2", "c 1", "d 1"));
    looks.add(() -> files("b 2", "c 1", "d 1"));

    assertThat(watch.awaitChanges(_ -> looks.isEmpty()))
        .containsExactly(Path.of("a"), Path.of("b"), Path.of("d"));
  }

  @Test
  void a_file_that_never_holds_still_does_not_hold_up_the_others() throws InterruptedException {
    FileWatch watch = watching("log 0");
    for (int i = 1; i <= 100; i++) {
      see("log " + i);
    }

    assertThat(watch.awaitChanges(_ -> looks.isEmpty())).containsExactly(Path.of("log"));
    assertThat(looks).isNotEmpty();
  }

  @Test
  void files_that_cannot_be_listed_are_looked_at_again() throws InterruptedException {
    FileWatch watch = watching("a 1");
    looks.add(
        () -> {
          throw new UncheckedIOException("cannot list a", new IOException("no"));
        });
    see("a 2", "a 2");

    assertThat(watch.awaitChanges(_ -> looks.isEmpty())).containsExactly(Path.of("a"));
  }

  @Test
  void the_wish_to_end_ends_it() throws InterruptedException {
    assertThat(watching("a 1").awaitChanges(_ -> true)).isEmpty();
  }

  private FileWatch watching(String... files) {
    looks.add(() -> files(files));
    return new FileWatch(() -> looks.remove().get());
  }

  /** What each of the next looks sees. */
  private void see(String... file) {
    List.of(file).forEach(only -> looks.add(() -> files(only)));
  }

  private static BuildInputs files(String... files) {
    TreeMap<Path, String> states = new TreeMap<>();
    for (String file : files) {
      String[] words = file.split(" ", -1);
      states.putAll(Map.of(Path.of(words[0]), words[1]));
    }
    return new BuildInputs(states);
  }
}
