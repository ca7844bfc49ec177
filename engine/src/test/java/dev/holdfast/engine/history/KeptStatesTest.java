// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Bookmark;
import dev.holdfast.ObjectId;
import dev.holdfast.store.Generation;
import dev.holdfast.store.View;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The states of an object that are kept are told, and each is what its bookmark shows. */
class KeptStatesTest {
  private final Written object = new Written();

  @AfterEach
  void close() {
    object.close();
  }

  private KeptStates states() {
    return new KeptStates(object.store, object.object, object.now());
  }

  @RepeatedTest(5)
  void every_state_that_is_kept_is_told_once_and_can_be_asked_for() {
    long seed = Long.getLong("holdfast.seed", new Random().nextLong());
    Random random = new Random(seed);
    // What the object was from each generation on.
    NavigableMap<Generation, SortedMap<String, String>> model = new TreeMap<>();
    Map<Generation, Instant> handedOut = new TreeMap<>();
    for (int i = 0; i < 400; i++) {
      object.pass(
          switch (random.nextInt(10)) {
            case 0 -> Duration.ofHours(random.nextInt(5));
            case 1, 2 -> Duration.ofMinutes(random.nextInt(30));
            default -> Duration.ofSeconds(random.nextInt(3));
          });
      if (random.nextInt(15) == 0 && object.last() != Generation.NONE) {
        handedOut.put(object.bookmark(), object.now().plus(Bookmarks.KEPT));
      }
      boolean removes = random.nextInt(4) == 0;
      object.put("k" + random.nextInt(4), removes ? null : "v" + i);
      model.put(object.last(), object.read(View.current()));
    }
    object.pass(Duration.ofSeconds(random.nextInt(90_000)));
    object.prune();

    List<KeptState> told = states().list(null, Integer.MAX_VALUE);
    String trace = "seed " + seed;
    List<Generation> ends = new ArrayList<>();
    for (KeptState state : told) {
      Generation end = states().at(state.bookmark());
      ends.add(end);
      assertThat(object.read(View.endOf(end)))
          .as("%s, %s", trace, state)
          .isEqualTo(model.floorEntry(end).getValue());
      assertThat(state.until()).as(trace).isAfter(object.now());
    }
    assertThat(ends)
        .as(trace)
        .isSortedAccordingTo((a, b) -> b.compareTo(a))
        .doesNotHaveDuplicates();

    // Nothing tells of the removal of what was never there, or has gone.
    boolean begun = false;
    for (Generation end : kept(model.firstKey().second(), handedOut)) {
      SortedMap<String, String> then = model.floorEntry(end).getValue();
      begun |= !then.isEmpty();
      if (begun) {
        assertThat(ends)
            .as("%s: the state at the end of %s", trace, end)
            .anyMatch(each -> model.floorEntry(each).getValue().equals(then));
      }
    }

    List<KeptState> paged = new ArrayList<>(states().list(null, 7));
    List<KeptState> page = paged;
    while (!page.isEmpty()) {
      page = states().list(paged.getLast().bookmark(), 7);
      paged.addAll(page);
    }
    assertThat(paged.stream().map(KeptState::bookmark))
        .as(trace)
        .isEqualTo(told.stream().map(KeptState::bookmark).toList());
  }

  /** All ends that are kept, by the rule or as bookmarks, in order. */
  private List<Generation> kept(long first, Map<Generation, Instant> handedOut) {
    List<Generation> kept = new ArrayList<>();
    long now = object.now().getEpochSecond();
    for (long moment = first + 1; moment <= now; moment++) {
      long age = now - moment;
      if (age <= 3_600
          || (age <= 86_400 && moment % 60 == 0)
          || (age <= 30 * 86_400L && moment % 3_600 == 0)) {
        kept.add(Generation.lastOfSecond(moment - 1));
      }
    }
    handedOut.forEach(
        (end, until) -> {
          if (until.isAfter(object.now())) {
            kept.add(end);
          }
        });
    kept.sort(Comparator.naturalOrder());
    return kept;
  }

  @Test
  void a_page_goes_on_behind_a_state_that_has_gone_since() {
    object.put("k", "1");
    object.pass(Duration.ofSeconds(5_410));
    object.put("more", "x");
    object.pass(Duration.ofSeconds(80));
    object.put("more", null);
    object.put("k", "2");
    object.pass(Duration.ofSeconds(1));
    KeptState going = states().list(null, 2).getLast();
    assertThat(object.read(View.endOf(states().at(going.bookmark())))).hasToString("{k=1, more=x}");

    object.pass(Duration.ofHours(25));
    object.prune();
    List<KeptState> rest = states().list(going.bookmark(), 10);
    assertThat(rest).hasSize(1);
    assertThat(object.read(View.endOf(states().at(rest.getFirst().bookmark()))))
        .hasToString("{k=1}");
  }

  @Test
  void the_present_is_told_at_once_and_by_a_bookmark_that_lasts() {
    object.put("k", "1");
    KeptState present = states().list(null, 10).getFirst();
    assertThat(present.present()).isTrue();
    Generation end = states().at(present.bookmark());
    object.pass(Duration.ofSeconds(1));
    object.put("k", "2");
    assertThat(object.read(View.endOf(end))).containsEntry("k", "1");
    assertThat(states().at(present.bookmark())).isEqualTo(end);
  }

  @Test
  void bookmarks_that_are_over_or_of_others_are_refused_and_times_too() {
    object.put("k", "1");
    Generation marked = object.bookmark();
    object.pass(Duration.ofDays(8));
    object.put("k", "2");
    object.prune();
    KeptStates states = states();
    Bookmark over = Bookmark.of(marked.packed(), object.object.id());
    assertThatThrownBy(() -> states.at(over)).hasMessageContaining("is not kept");
    byte[] other = new byte[ObjectId.BYTES];
    other[0] = 1;
    Bookmark foreign = Bookmark.of(object.last().packed(), ObjectId.of(other, null));
    assertThatThrownBy(() -> states.at(foreign)).hasMessageContaining("one of another object");
    assertThatThrownBy(() -> states.at(object.now().plusSeconds(1)))
        .hasMessageContaining("a time of the past");
    assertThatThrownBy(() -> states.at(object.now().minus(Duration.ofDays(31))))
        .hasMessageContaining("of the last 720 hours");
    assertThat(object.read(View.endOf(states.at(object.now().minus(Duration.ofDays(2))))))
        .containsEntry("k", "1");
  }

  @Test
  void a_time_that_is_refused_is_before_the_first_one_that_is_not() {
    object.put("k", "1");
    KeptStates states = states();
    Instant first = object.now().minus(Duration.ofHours(719));
    assertThatThrownBy(() -> states.at(first.minusSeconds(1)))
        .as("its hour began more than 720 hours ago, or nearly")
        .hasMessageContaining("from %s on, found %s", first, first.minusSeconds(1));
    assertThat(states.at(first)).isEqualTo(RetainedMoments.endOf(first.getEpochSecond()));
  }

  @Test
  void a_time_that_was_removed_while_the_clock_was_ahead_is_refused_with_the_reason() {
    Instant begin = object.now();
    object.put("k", "1");
    object.pass(Duration.ofMinutes(70));
    object.put("k", "2");
    Duration ahead = Duration.ofDays(31);
    object.pass(ahead);
    object.prune();
    object.pass(ahead.negated().plusMinutes(5));

    Instant first = begin.plus(Duration.ofMinutes(70)).plusSeconds(1);
    KeptStates states = states();
    assertThatThrownBy(() -> states.at(first.minusSeconds(1)))
        .hasMessageContaining("from %s on, found %s", first, first.minusSeconds(1))
        .hasMessageContaining("what was there before was removed")
        .hasMessageNotContaining("of the last");
    assertThat(object.read(View.endOf(states.at(first)))).hasToString("{k=2}");
  }
}
