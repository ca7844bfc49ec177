// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.LimitExceededException;
import dev.holdfast.ObjectId;
import dev.holdfast.Storage;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How much an object may store: what grows it beyond is refused, and nothing else. */
final class QuotaTest {
  private static final int LIMIT = 1_000;
  private static final StateLimits LIMITS =
      new StateLimits(100, 2_000, 100_000, 1 << 20, 1 << 20, LIMIT);

  private final StateRig rig = new StateRig(LIMITS);

  private Storage storage() {
    return rig.storage();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  /**
   * A value that, encoded, makes an entry with a key of one letter take that many bytes, more than
   * 260: beside it there are the key, its kind, and a head of three.
   */
  private static byte[] value(int bytes) {
    return new byte[bytes - 5];
  }

  /** Makes an entry with a key of one letter that takes that many bytes, with its key and kind. */
  private void put(String key, int bytes) {
    rig.state().put(EntryKey.user(key), new byte[bytes - 2]);
  }

  private List<String> keys() {
    return rig
        .state()
        .page(
            new ScanRange(
                EntryKey.first(EntryKind.USER), EntryKey.end(EntryKind.USER), false, 100, 1 << 20))
        .stream()
        .map(entry -> entry.key().text())
        .toList();
  }

  private long stored() {
    return storage().storedBytes();
  }

  private void refused(String key, int bytes) {
    assertThatThrownBy(() -> put(key, bytes)).isInstanceOf(LimitExceededException.class);
  }

  @Test
  void what_fits_exactly_is_stored_and_one_byte_more_is_refused() {
    put("a", 600);
    put("b", 400);
    assertThat(stored()).isEqualTo(1_000);
    assertThatThrownBy(() -> put("c", 10))
        .isInstanceOf(LimitExceededException.class)
        .hasMessage(
            "Rig/a: it has stored 1000 bytes and this write would make it 1010, limit 1000 (limits.object-bytes); delete something, or spread the data over more objects");
    refused("b", 401);
    rig.endTurn();
    refused("c", 4);
    rig.reactivate();
    refused("c", 4);
    assertThat(stored()).isEqualTo(1_000);
    assertThat(keys()).containsExactly("a", "b");
  }

  @Test
  void after_a_refusal_the_object_goes_on() {
    put("a", 900);
    refused("b", 200);
    put("b", 100);
    storage().delete("a");
    put("c", 900);
    rig.reactivate();
    assertThat(stored()).isEqualTo(1_000);
  }

  @Test
  void deleting_and_shrinking_always_goes_through() {
    put("a", 500);
    put("b", 500);
    rig.reactivate();
    put("a", 400);
    refused("c", 101);
    put("c", 100);
    rig.endTurn();
    assertThat(storage().delete("b")).isTrue();
    put("d", 500);
    refused("e", 4);
    rig.endTurn();
    assertThat(storage().delete(List.of("a", "c", "d"))).isEqualTo(3);
    assertThat(stored()).isZero();
    put("a", 1_000);
  }

  @Test
  void one_that_has_more_than_it_may_can_shrink() {
    put("a", 1_000);
    rig.reactivate();
    // Its limit was lowered, say: what is kept about it counts, and is not refused.
    rig.state().put(meta(), new byte[500]);
    rig.endTurn();
    assertThat(stored()).isEqualTo(1_000 + 2 + 500);
    refused("b", 4);
    put("a", 999);
    refused("a", 1_000);
    put("a", 400);
    refused("b", 100);
    put("b", 98);
  }

  private static EntryKey meta() {
    return EntryKey.of(EntryKind.META, new byte[] {'x'});
  }

  @Test
  void overwriting_does_not_grow_it_however_often() {
    put("a", 300);
    put("b", 600);
    for (int turn = 0; turn < 100; turn++) {
      put("a", 300);
      if (turn % 3 == 0) {
        rig.endTurn();
      }
      if (turn % 25 == 0) {
        rig.reactivate();
      }
      put("a", 390);
      refused("b", 611);
    }
    assertThat(stored()).isEqualTo(990);
  }

  @Test
  void what_is_on_its_way_counts() {
    rig.store().gate().hold();
    put("a", 600);
    rig.endTurn();
    rig.store().gate().release();
    refused("b", 401);
    put("b", 400);
    rig.endTurn();
    rig.awaitDurable();
    assertThat(stored()).isEqualTo(1_000);
  }

  @Test
  void delete_all_makes_room_at_once() {
    put("a", 1_000);
    rig.reactivate();
    storage().deleteAll();
    put("b", 1_000);
    refused("c", 4);
    rig.endTurn();
    refused("c", 4);
    storage().deleteAll();
    assertThat(stored()).isZero();
    put("d", 999);
    rig.reactivate();
    assertThat(stored()).isEqualTo(999);
    refused("c", 4);
  }

  @Test
  void what_is_rolled_back_does_not_count() {
    put("a", 500);
    assertThatThrownBy(
            () ->
                storage()
                    .transaction(
                        () -> {
                          put("b", 500);
                          refused("c", 4);
                          throw new IllegalStateException("roll back");
                        }))
        .hasMessage("roll back");
    put("b", 500);
    refused("c", 4);
    storage()
        .transaction(
            () -> {
              storage().delete("a");
              put("c", 500);
              storage().rollback();
              refused("c", 4);
              put("b", 100);
              put("c", 400);
            });
    refused("d", 4);
    rig.reactivate();
    assertThat(stored()).isEqualTo(1_000);
  }

  @Test
  void put_all_that_is_refused_stores_nothing() {
    put("a", 500);
    Map<String, byte[]> many = new LinkedHashMap<>();
    many.put("b", value(300));
    many.put("c", value(300));
    assertThatThrownBy(() -> storage().putAll(many)).isInstanceOf(LimitExceededException.class);

    assertThat(keys()).containsExactly("a");
    assertThat(stored()).isEqualTo(500);
    put("b", 500);
  }

  @Test
  void append_counts() {
    put("a", 900);
    assertThatThrownBy(() -> storage().append("x", value(300)))
        .isInstanceOf(LimitExceededException.class);
    storage().append("x", new byte[10]);
    assertThat(stored()).isBetween(910L, 1_000L);
  }

  @Test
  void far_from_the_limit_nothing_is_read_to_write() {
    put("a", 100);
    rig.reactivate();
    // One read that fails would end the activation.
    rig.store().faults().failNextRead();
    for (int i = 0; i < 4; i++) {
      put("b", 100);
      put("c" + i, 20);
      rig.endTurn();
    }
    assertThatThrownBy(() -> rig.store().get(ref(), meta(), View.current()))
        .hasMessageContaining("as a test asked for");
  }

  private static ObjectRef ref() {
    return new ObjectRef("Rig", ObjectId.of(new byte[32], "a"));
  }

  /** Whatever happens, the limit is that of the sizes of what is there. */
  @Test
  void random_writes_are_refused_exactly_when_they_pass_the_limit() {
    long seed = Long.getLong("holdfast.seed", new Random().nextLong());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    NavigableMap<String, Integer> model = new TreeMap<>();
    for (int step = 0; step < 5_000; step++) {
      String key = String.valueOf((char) ('a' + random.nextInt(8)));
      int size = 4 + random.nextInt(random.nextInt(4) == 0 ? 900 : 250);
      switch (random.nextInt(20)) {
        case 0 -> rig.endTurn();
        case 1 -> {
          rig.endTurn();
          if (random.nextInt(5) == 0) {
            rig.reactivate();
          }
        }
        case 2 -> {
          if (random.nextInt(6) == 0) {
            storage().deleteAll();
            model.clear();
          }
        }
        case 3, 4, 5, 6 -> {
          storage().delete(key);
          model.remove(key);
        }
        case 7, 8 -> rollBack(random, model);
        case 9 -> assertThat(stored()).as("step %s, seed %s", step, seed).isEqualTo(sum(model));
        default -> write(key, size, model, "step " + step + ", seed " + seed);
      }
    }
    rig.reactivate();
    assertThat(stored()).as("seed %s", seed).isEqualTo(sum(model));
  }

  private static int sum(Map<String, Integer> model) {
    return model.values().stream().mapToInt(Integer::intValue).sum();
  }

  private void write(String key, int size, Map<String, Integer> model, String what) {
    int before = model.getOrDefault(key, 0);
    boolean fits = sum(model) - before + size <= LIMIT || size <= before;
    boolean stored;
    try {
      put(key, size);
      stored = true;
    } catch (LimitExceededException e) {
      stored = false;
    }
    assertThat(stored).as(what).isEqualTo(fits);
    if (fits) {
      model.put(key, size);
    }
  }

  private void rollBack(Random random, NavigableMap<String, Integer> model) {
    NavigableMap<String, Integer> inside = new TreeMap<>(model);
    storage()
        .transaction(
            () -> {
              for (int i = random.nextInt(4); i > 0; i--) {
                String key = String.valueOf((char) ('a' + random.nextInt(8)));
                write(key, 4 + random.nextInt(400), inside, "in a transaction");
              }
              storage().rollback();
            });
    assertThat(keys()).containsExactlyElementsOf(model.keySet());
  }
}
