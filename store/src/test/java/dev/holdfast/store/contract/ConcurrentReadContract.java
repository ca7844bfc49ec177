// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Reads while others write, clear and prune: a view stays what it was, a page is one moment. */
abstract class ConcurrentReadContract extends ContractTest {
  private static final int ROUNDS = 200;
  private static final int KEYS = 10;
  private static final EntryKey META = EntryKey.of(EntryKind.META, new byte[] {1});

  private interface Read {
    void once() throws Exception;
  }

  /** Runs the reads in threads of their own, over and over, while the writes are made. */
  private static void whileWriting(Runnable writes, List<Read> reads) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    List<Future<?>> reading = new ArrayList<>();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      for (Read read : reads) {
        reading.add(
            threads.submit(
                () -> {
                  do {
                    read.once();
                  } while (!done.get());
                  return null;
                }));
      }
      try {
        writes.run();
      } finally {
        done.set(true);
      }
    }
    for (Future<?> reader : reading) {
      reader.get();
    }
  }

  private static Draft putAll(Draft draft, String value) {
    for (int i = 0; i < KEYS; i++) {
      draft.put("k" + i, value);
    }
    return draft.put(META, value);
  }

  @Test
  void a_view_stays_what_it_was_while_its_entries_are_overwritten_cleared_and_pruned()
      throws Exception {
    TestObject object = open("a");
    putAll(object.draft(), "past").commit();
    View past = View.endOf(object.generation());
    SequencedMap<EntryKey, String> expected = all("a");
    clock.advanceSeconds(1);

    whileWriting(
        () -> overwrite(object),
        List.of(
            () -> assertThat(all("a", past)).isEqualTo(expected),
            () -> assertThat(get("a", "k3", past)).isEqualTo("past"),
            () -> assertThat(text(store().get(ref("a"), META, past))).isEqualTo("past"),
            () -> store().prune(3)));
    assertThat(all("a", past)).isEqualTo(expected);
  }

  private void overwrite(TestObject object) {
    for (int round = 0; round < ROUNDS; round++) {
      Draft draft =
          object.draft().generation(object.generation().next().advancedTo(clock.second()));
      switch (round % 4) {
        case 0 -> putAll(draft, "" + round).commit();
        case 1 -> draft.delete("k3").delete("k4").commit();
        case 2 -> putAll(draft.clear(), "" + round).commit();
        default -> draft.clear().commit();
      }
    }
  }

  @Test
  void a_page_shows_one_moment_of_the_present() throws Exception {
    TestObject object = open("a");
    putAll(object.draft(), "first").commit();

    whileWriting(
        () -> {
          for (int round = 0; round < ROUNDS; round++) {
            Draft draft = object.draft().generation(object.generation().next());
            putAll(round % 3 == 0 ? draft.clear() : draft, "" + round).commit();
          }
        },
        List.of(
            () -> assertOneMoment(page(false)),
            () -> assertOneMoment(page(true)),
            () -> assertThat(get("a", "k5")).isNotNull(),
            () -> assertThat(get("a", "k5")).isNotNull(),
            () -> store().prune(3)));
  }

  private List<Entry> page(boolean reverse) {
    ScanPage page =
        store().scan(ref("a"), new ScanRange(FIRST, END, reverse, 100, 1 << 20), View.current());
    assertThat(page.complete()).isTrue();
    return page.entries();
  }

  private static void assertOneMoment(List<Entry> entries) {
    assertThat(entries).hasSize(KEYS + 1);
    assertThat(entries.stream().map(entry -> text(entry.value())).distinct()).hasSize(1);
  }

  @Test
  void an_object_is_opened_as_of_one_moment() throws Exception {
    List<Read> opening =
        List.of(
            () -> {
              OpenedObject found = found("a");
              TestObject object = new TestObject(store(), clock, found);
              if (found.seq() > 0) {
                assertOneMoment(found.entries());
                assertThat(text(found.entries().getFirst().value())).isEqualTo("" + found.seq());
              }
              for (int i = 0; i < 3; i++) {
                Draft draft = object.draft();
                putAll(i == 1 ? draft.clear() : draft, "" + (object.seq() + 1)).submit();
              }
            });
    whileWriting(
        () -> {
          for (int round = 0; round < ROUNDS; round++) {
            found("a");
          }
        },
        List.of(opening.getFirst(), opening.getFirst(), () -> store().prune(3)));
  }
}
