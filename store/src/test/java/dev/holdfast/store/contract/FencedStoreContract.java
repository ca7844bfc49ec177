// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.ObjectStore;
import org.junit.jupiter.api.Test;

/** Two handles on the same data: only the later one commits, whatever the earlier one believes. */
public abstract class FencedStoreContract extends ContractTest {

  /** A new, empty place that a second handle can take from the first. */
  protected abstract StorePlace newSharedPlace() throws Exception;

  @Override
  final StorePlace newPlace() throws Exception {
    return newSharedPlace();
  }

  private ObjectStore takeOver() throws Exception {
    return place().open(clock, retention());
  }

  private TestObject open(ObjectStore handle, String name) {
    return new TestObject(handle, clock, handle.open(ref(name), name));
  }

  @Test
  void a_deposed_handle_commits_nothing() throws Exception {
    TestObject old = open("a");
    TestObject oldOther = open("b");
    old.put("k", "1").commit();
    try (ObjectStore latest = takeOver()) {
      old.put("k", "old").seq(2).submit().awaitNotApplied();
      submitTogether(oldOther.put("k", "old"), old.put("k", "old").seq(2)).awaitNotApplied();

      TestObject object = open(latest, "a");
      assertThat(object.seq()).isEqualTo(1);
      assertThat(object.opening().epoch()).isGreaterThan(old.opening().epoch());
      object.put("k", "2").commit();
      old.put("k", "old").seq(3).submit().awaitNotApplied();
      assertThat(open(latest, "a").seq()).isEqualTo(2);
      assertThat(open(latest, "b").seq()).isZero();
    }
  }

  @Test
  void a_deposed_handle_opens_nothing() throws Exception {
    try (ObjectStore latest = takeOver()) {
      assertThatThrownBy(() -> store().open(ref("a"), "a"))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED));
      open(latest, "a").put("k", "1").commit();
    }
  }

  @Test
  void an_opening_of_a_deposed_handle_is_void_in_the_later_one() throws Exception {
    TestObject old = open("a");
    try (ObjectStore latest = takeOver()) {
      open(latest, "a");
      new TestObject(latest, clock, old.opened()).put("k", "old").submit().awaitNotApplied();
      assertThat(open(latest, "a").seq()).isZero();
    }
  }

  @Test
  void what_a_deposed_handle_was_told_is_durable_is_found_by_the_later_one() throws Exception {
    TestObject old = open("a");
    for (int i = 1; i <= 50; i++) {
      old.put("k", "" + i).submit();
    }
    Completion last = old.put("k", "last").submit();
    try (ObjectStore latest = takeOver()) {
      boolean durable = last.await().isEmpty();
      long seq = open(latest, "a").seq();
      assertThat(seq == 51).isEqualTo(durable);
    }
  }
}
