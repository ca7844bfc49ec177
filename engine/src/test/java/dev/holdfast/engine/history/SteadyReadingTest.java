// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.StorageException;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.View;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is read from outside in several steps is one moment, whatever the object does meanwhile. */
class SteadyReadingTest {
  private final Written object = new Written();
  private final SteadyReading reading = new SteadyReading(object.store, object::now);
  private final List<Generation> attempts = new ArrayList<>();
  private int changes;

  @BeforeEach
  void write() {
    change();
    object.pass(Duration.ofSeconds(1));
  }

  @AfterEach
  void close() {
    object.close();
  }

  /** Two entries that are always the same. */
  private void change() {
    changes++;
    object.put("a", "v" + changes);
    object.put("b", "v" + changes);
  }

  /** Reads one entry, does something, and reads the other. */
  private SortedMap<String, String> halves(View view, Runnable between) {
    SortedMap<String, String> first = object.read(view);
    between.run();
    SortedMap<String, String> second = object.read(view);
    first.keySet().retainAll(List.of("a"));
    second.keySet().retainAll(List.of("b"));
    first.putAll(second);
    return first;
  }

  /**
   * @param at null for the present
   */
  private SortedMap<String, String> read(@Nullable Generation at, Runnable between)
      throws Exception {
    return reading.read(
        object.object,
        at,
        (view, end) -> {
          attempts.add(end);
          return halves(view, between);
        });
  }

  private SortedMap<String, String> readNow(Runnable between) throws Exception {
    return read(null, between);
  }

  /** Does it so many times, and then nothing. */
  private static Runnable times(int count, Runnable action) {
    int[] left = {count};
    return () -> {
      if (left[0]-- > 0) {
        action.run();
      }
    };
  }

  @Test
  void nothing_happens_and_it_is_read_once_as_it_is() throws Exception {
    assertThat(readNow(() -> {})).hasToString("{a=v1, b=v1}");
    assertThat(attempts).hasSize(1);
  }

  @Test
  void a_change_in_between_has_it_read_again() throws Exception {
    change();
    assertThat(readNow(times(3, this::change))).hasToString("{a=v5, b=v5}");
    assertThat(attempts).hasSizeGreaterThan(1);
  }

  @Test
  void an_object_that_changes_all_the_time_is_read_as_of_the_end_of_the_second() throws Exception {
    change();
    SortedMap<String, String> found =
        readNow(
            () -> {
              change();
              if (attempts.size() == 5) {
                object.pass(Duration.ofSeconds(1));
              }
            });
    assertThat(found.get("a")).isEqualTo(found.get("b")).isEqualTo("v7");
    assertThat(attempts.getLast().second()).isEqualTo(attempts.getFirst().second());
  }

  @Test
  void reading_that_takes_longer_than_the_second_is_kept_begins_again() throws Exception {
    change();
    SortedMap<String, String> found =
        readNow(
            times(
                3,
                () -> {
                  change();
                  object.pass(Duration.ofSeconds(1));
                  change();
                  object.pass(Duration.ofHours(2));
                  object.prune();
                }));
    assertThat(found.get("a")).isNotNull().isEqualTo(found.get("b"));
  }

  @Test
  void one_that_changes_all_the_time_while_time_stands_still_is_given_up() {
    change();
    assertThatThrownBy(() -> readNow(this::change))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("changed all the time");
  }

  @Test
  void the_past_is_read_once_however_much_it_changes_meanwhile() throws Exception {
    Generation past = Generation.lastOfSecond(object.now().getEpochSecond() - 1);
    change();
    attempts.clear();
    assertThat(read(past, this::change)).hasToString("{a=v1, b=v1}");
    assertThat(attempts).hasSize(1);
  }

  @Test
  void a_past_that_is_removed_meanwhile_is_refused() {
    Generation past = Generation.lastOfSecond(object.now().getEpochSecond() - 1);
    change();
    assertThatThrownBy(
            () ->
                read(
                    past,
                    () -> {
                      object.pass(Duration.ofDays(40));
                      object.prune();
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("kept no longer");
  }

  @Test
  void a_generation_that_goes_on_into_later_seconds_is_not_taken_for_over() throws Exception {
    // As while an object has the wish to go back.
    Generation end = Generation.lastOfSecond(object.last().second());
    object.pass(Duration.ofSeconds(5));
    SortedMap<String, String> found =
        read(
            end,
            times(
                1,
                () -> {
                  object.note(EntryKey.user("a"), "held".getBytes(UTF_8));
                  object.note(EntryKey.user("b"), "held".getBytes(UTF_8));
                }));
    assertThat(found).hasToString("{a=held, b=held}");
  }

  @Test
  void half_way_to_another_moment_there_is_nothing_to_see() {
    RewriteMark mark =
        new RewriteMark(
            object.object.id(),
            Generation.NONE,
            Instant.ofEpochSecond(Integer.MAX_VALUE),
            Generation.NONE,
            Generation.NONE,
            EntryKey.user("b"));
    object.note(MetaKeys.REWRITE, mark.encode());
    assertThatThrownBy(() -> readNow(() -> {}))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("half way");
  }

  @Test
  void an_object_that_is_deleted_while_it_is_read_is_not_read_half() {
    Generation end = Generation.lastOfSecond(object.now().getEpochSecond() - 1);
    change();
    object.pass(Duration.ofSeconds(1));
    assertThatThrownBy(() -> read(end, object::delete)).hasMessageContaining("does not exist");
  }

  @Test
  void an_object_that_begins_anew_while_it_is_read_is_not_read_half() throws Exception {
    assertThat(
            readNow(
                () -> {
                  if (attempts.size() == 1) {
                    object.delete();
                    object.beginAnew("a", "b");
                  }
                }))
        .hasToString("{a=new, b=new}");
  }
}
