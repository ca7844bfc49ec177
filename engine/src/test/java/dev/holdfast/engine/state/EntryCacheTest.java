// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.KeyRange;
import dev.holdfast.Storage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What is served from memory, and how much of it. A read that must not reach the store is made
 * after the store was told to fail the next one.
 */
final class EntryCacheTest {
  private static final long LIMIT_BYTES = 64 << 10;
  private static final byte[] KILOBYTE = new byte[1_000];

  private final StateRig rig =
      new StateRig(new StateLimits(2_048, 2 << 20, 4 << 20, 64 << 20, LIMIT_BYTES));

  private Storage storage() {
    return rig.storage();
  }

  private static String key(int i) {
    return "key %05d".formatted(i);
  }

  /** An object too large to be read as a whole, of which nothing is in memory. */
  private void large() {
    for (int i = 0; i < 1_000; i++) {
      storage().put(key(i), KILOBYTE);
    }
    rig.reactivate();
  }

  private void failNextRead() {
    rig.store().faults().failNextRead();
  }

  private void assertTheNextReadReachesTheStore() {
    assertThatThrownBy(() -> storage().get(key(999), byte[].class))
        .isInstanceOf(StateRig.ReadFailed.class);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void a_small_object_is_in_memory_as_a_whole() {
    storage().put("a", 1L);
    storage().put("b", 2L);
    rig.reactivate();
    failNextRead();

    assertThat(storage().get("a", Long.class)).contains(1L);
    assertThat(storage().get("none", Long.class)).isEmpty();
    assertThat(storage().delete("none")).isFalse();
    assertThat(storage().list(Long.class, KeyRange.all())).hasSize(2);
    rig.store().gate().hold();
    storage().delete("a");
    rig.endTurn();
    assertThat(storage().get("a", Long.class)).isEmpty();
    assertThat(storage().list(Long.class, KeyRange.all())).hasSize(1);
  }

  @Test
  void an_object_that_never_was_is_in_memory_as_a_whole() {
    failNextRead();

    assertThat(storage().get("a", Long.class)).isEmpty();
    assertThat(storage().list(Long.class, KeyRange.all())).isEmpty();
    storage().put("a", 1L);
    rig.endTurn();
    assertThat(storage().get("a", Long.class)).contains(1L);
  }

  @Test
  void what_was_read_of_a_large_object_stays_in_memory_absence_too() {
    large();
    storage().get(key(1), byte[].class);
    storage().get("none", byte[].class);
    failNextRead();

    assertThat(storage().get(key(1), byte[].class)).isPresent();
    assertThat(storage().get("none", byte[].class)).isEmpty();
    assertTheNextReadReachesTheStore();
  }

  @Test
  void what_was_written_to_a_large_object_is_served_from_memory_before_and_after_its_commit() {
    large();
    rig.store().gate().hold();
    storage().put(key(1), new byte[] {1});
    storage().delete(key(2));
    rig.endTurn();
    failNextRead();

    assertThat(storage().get(key(1), byte[].class).orElseThrow()).containsExactly(1);
    assertThat(storage().get(key(2), byte[].class)).isEmpty();
    rig.store().gate().release();
    rig.awaitDurable();
    assertThat(storage().get(key(1), byte[].class).orElseThrow()).containsExactly(1);
    assertThat(storage().get(key(2), byte[].class)).isEmpty();
    assertTheNextReadReachesTheStore();
  }

  @Test
  void reading_all_of_a_large_object_takes_no_more_memory_than_the_limit() {
    large();
    for (int i = 0; i < 1_000; i++) {
      assertThat(storage().get(key(i), byte[].class)).isPresent();
      assertThat(storage().get("none " + i, byte[].class)).isEmpty();
      assertThat(rig.budget.usedBytes()).isLessThanOrEqualTo(LIMIT_BYTES);
    }
    assertThat(rig.budget.usedBytes()).isGreaterThan(LIMIT_BYTES / 8);
  }

  @Test
  void a_value_larger_than_the_limit_is_not_kept() {
    storage().put("large", new byte[100_000]);
    rig.reactivate();

    assertThat(storage().get("large", byte[].class)).isPresent();
    assertThat(storage().get("large", byte[].class)).isPresent();
    assertThat(rig.budget.usedBytes()).isZero();
  }

  @Test
  void an_object_that_grows_without_a_pause_passes_the_limit_by_its_commits_on_the_way_only() {
    grow(false);
  }

  @Test
  void an_object_that_grows_and_removes_without_a_pause_does_so_too() {
    grow(true);
  }

  /** Writes so that at the end of each turn the last two commits are not durable. */
  private void grow(boolean removing) {
    rig.store().gate().hold();
    for (int i = 0; i < 2_000; i++) {
      storage().put(key(i), KILOBYTE);
      if (removing && i > 0) {
        storage().put("x" + i, 1L);
        storage().delete(i % 2 == 0 ? key(i / 2) : "x" + (i - 1));
      }
      if (i > 1) {
        rig.store().gate().releaseOne();
        rig.awaitDurableSeq(i - 1);
      }
      rig.endTurn();
      assertThat(rig.budget.usedBytes()).as("after %d", i).isLessThan(LIMIT_BYTES + 3 * 2_000);
    }
    rig.store().gate().release();
    rig.awaitDurable();
    assertThat(storage().get(key(1_999), byte[].class)).isPresent();
    assertThat(storage().get(key(1), byte[].class).isPresent()).isEqualTo(!removing);
    assertThat(storage().list(byte[].class, KeyRange.prefix("key")))
        .hasSize(removing ? 1_001 : 2_000);
  }

  @Test
  void what_is_not_durable_is_never_forgotten() {
    large();
    rig.store().gate().hold();
    for (int i = 0; i < 200; i++) {
      storage().put(key(i), new byte[] {(byte) i});
      storage().put("new " + i, KILOBYTE);
      storage().delete(key(200 + i));
      rig.endTurn();
      storage().get(key(500 + i), byte[].class);
    }
    assertThat(rig.budget.usedBytes()).isGreaterThan(2 * LIMIT_BYTES);
    failNextRead();
    for (int i = 0; i < 200; i++) {
      assertThat(storage().get(key(i), byte[].class).orElseThrow()).containsExactly(i);
      assertThat(storage().get("new " + i, byte[].class)).isPresent();
      assertThat(storage().get(key(200 + i), byte[].class)).isEmpty();
    }
    assertTheNextReadReachesTheStore();

    rig.store().gate().release();
    rig.awaitDurable();
    storage().put("one more", 1L);
    rig.endTurn();
    assertThat(rig.budget.usedBytes()).isLessThanOrEqualTo(LIMIT_BYTES);
    assertThat(storage().get(key(0), byte[].class).orElseThrow()).containsExactly(0);
    assertThat(storage().get(key(200), byte[].class)).isEmpty();
  }

  @Test
  void deleteAll_makes_a_large_object_whole_before_its_commit_is_durable() {
    large();
    storage().get(key(1), byte[].class);
    rig.store().gate().hold();
    storage().deleteAll();
    rig.endTurn();
    assertThat(rig.budget.usedBytes()).isZero();
    failNextRead();

    assertThat(storage().get(key(1), byte[].class)).isEmpty();
    assertThat(storage().list(byte[].class, KeyRange.all())).isEmpty();
    for (int i = 0; i < 100; i++) {
      storage().put(key(i), KILOBYTE);
      rig.endTurn();
    }
    assertThat(storage().list(byte[].class, KeyRange.all())).hasSize(100);

    rig.store().gate().release();
    rig.awaitDurable();
    storage().put(key(100), KILOBYTE);
    rig.endTurn();
    assertTheNextReadReachesTheStore();
    assertThat(storage().list(byte[].class, KeyRange.all())).hasSize(101);
    assertThat(rig.budget.usedBytes()).isLessThanOrEqualTo(LIMIT_BYTES);
  }
}
