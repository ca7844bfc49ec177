// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.LastCommit;
import dev.holdfast.store.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What an object's last commit is, and in which generations it was changed. */
abstract class ChangesContract extends ContractTest {
  private static final Generation EVER = new Generation(Long.MAX_VALUE);

  private List<Generation> changes(String object) {
    return store().changes(ref(object), EVER, 1000);
  }

  @Test
  void an_object_has_a_last_commit_once_one_is_durable() throws Exception {
    assertThat(store().lastCommit(ref("a"))).isNull();
    TestObject object = open("a");
    assertThat(store().lastCommit(ref("a"))).as("opened alone").isNull();
    object.put("k", "1").commit();
    clock.advanceSeconds(3);
    object.draft().commit();

    LastCommit last = new LastCommit(2, object.generation(), "a");
    assertThat(store().lastCommit(ref("a"))).isEqualTo(last);
    reopen();
    assertThat(store().lastCommit(ref("a"))).isEqualTo(last);
    assertThat(store().lastCommit(ref("b"))).isNull();
  }

  @Test
  void asking_for_the_last_commit_opens_nothing() {
    TestObject object = open("a");
    object.put("k", "1").commit();
    assertThat(store().lastCommit(ref("a"))).isNotNull();
    object.put("k", "2").commit();
    assertThat(get("a", "k")).isEqualTo("2");
  }

  @Test
  void puts_overwrites_deletes_and_clears_are_changes_latest_first() throws Exception {
    TestObject object = open("a");
    List<Generation> expected = new ArrayList<>();
    object.put("k", "1").put("l", "1").commit();
    expected.addFirst(object.generation());
    clock.advanceSeconds(2);
    object.put("k", "2").commit();
    expected.addFirst(object.generation());
    clock.advanceSeconds(2);
    object.delete("l").commit();
    expected.addFirst(object.generation());
    clock.advanceSeconds(2);
    object.clear().commit();
    expected.addFirst(object.generation());
    clock.advanceSeconds(2);
    object.put("m", "3").commit();
    expected.addFirst(object.generation());
    open("b").put("k", "1").commit();

    assertThat(changes("a")).isEqualTo(expected);
    reopen();
    assertThat(changes("a")).isEqualTo(expected);
    assertThat(store().changes(ref("a"), EVER, 2)).isEqualTo(expected.subList(0, 2));
    assertThat(store().changes(ref("a"), expected.get(1), 2)).isEqualTo(expected.subList(2, 4));
    assertThat(store().changes(ref("a"), expected.getLast(), 2)).isEmpty();
    assertThat(changes("c")).isEmpty();
  }

  @Test
  void what_the_engine_notes_about_an_object_is_no_change() {
    EntryKey note = EntryKey.of(EntryKind.META, "n".getBytes(UTF_8));
    TestObject object = open("a");
    object.put("k", "1").commit();
    Generation first = object.generation();
    for (int i = 0; i < 3; i++) {
      clock.advanceSeconds(1);
      object.draft().put(note, "note " + i).commit();
    }
    assertThat(changes("a")).containsExactly(first);
  }

  @Test
  void between_two_changes_every_retained_view_shows_the_same_also_after_pruning() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    TestObject object = open("a");
    long begin = clock.second();
    for (int i = 0; i < 300; i++) {
      clock.advanceSeconds(random.nextInt(40));
      Draft draft = object.draft();
      if (random.nextInt(20) == 0) {
        draft.clear();
      }
      String key = "k" + random.nextInt(5);
      if (random.nextInt(4) == 0) {
        draft.delete(key);
      } else {
        draft.put(key, "v" + i);
      }
      draft.commit();
    }
    clock.advanceSeconds(random.nextInt(3600));
    boolean over = false;
    while (!over) {
      over = store().prune(100).passCompleted();
    }

    List<Generation> changes = changes("a").reversed();
    for (int i = 0; i + 1 < changes.size(); i++) {
      View first = View.endOf(changes.get(i));
      for (long second = changes.get(i).second(); second < changes.get(i + 1).second(); second++) {
        if (retained(second + 1, begin)) {
          assertThat(texts("a", View.endOf(Generation.lastOfSecond(second))))
              .as("seed %d, change %s, second %d", seed, changes.get(i), second)
              .isEqualTo(texts("a", first));
        }
      }
    }
  }

  private boolean retained(long moment, long begin) {
    long age = clock.second() - moment;
    return moment > begin
        && (age <= retention().seconds().toSeconds()
            || (age <= retention().minutes().toSeconds() && moment % 60 == 0)
            || (age <= retention().hours().toSeconds() && moment % 3600 == 0));
  }
}
