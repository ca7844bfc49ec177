// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.DirectoryEntry;
import dev.holdfast.store.OpenedObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A failed write: its outcome is unknown, nothing gets in behind it, and the store comes back with
 * the state that is certain.
 */
public abstract class BrokenStoreContract extends ContractTest {
  private @Nullable FaultyPlace faulty;

  /** A new, empty place whose writes can be made to fail. */
  protected abstract FaultyPlace newFaultyPlace() throws Exception;

  @Override
  final StorePlace newPlace() throws Exception {
    faulty = newFaultyPlace();
    return faulty;
  }

  private FaultyPlace faulty() {
    return Objects.requireNonNull(faulty);
  }

  /** An object whose second commit failed. */
  private TestObject broken(boolean applied) {
    TestObject object = open("a");
    object.put("k", "1").commit();
    faulty().failNextWrite(applied);
    object.put("k", "2").alarm(START).submit().awaitUnknown();
    return object;
  }

  private void assertWhollyThereOrNot(OpenedObject found) {
    assertThat(found.seq()).isBetween(1L, 2L);
    boolean there = found.seq() == 2;
    assertThat(get("a", "k")).isEqualTo(there ? "2" : "1");
    assertThat(store().nextAlarm().isPresent()).isEqualTo(there);
    assertThat(found.alarm().at()).isEqualTo(there ? START : null);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_failed_commit_is_wholly_there_or_not_at_all(boolean applied) throws Exception {
    broken(applied);
    OpenedObject found = found("a");
    assertWhollyThereOrNot(found);
    reopen();
    assertThat(found("a").seq()).isEqualTo(found.seq());
    assertWhollyThereOrNot(found("a"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void every_opening_is_void_until_its_object_is_opened_again(boolean applied) {
    TestObject other = open("b");
    TestObject bystander = open("c");
    TestObject object = broken(applied);

    other.put("k", "old").seq(1).submit().awaitNotApplied();
    object.put("k", "old").seq(2).submit().awaitNotApplied();
    TestObject again = open("a");
    assertThat(again.opening().epoch()).isGreaterThan(object.opening().epoch());
    object.put("k", "old").seq(again.seq() + 1).submit().awaitNotApplied();
    other.put("k", "old").seq(1).submit().awaitNotApplied();
    bystander.put("k", "old").submit().awaitNotApplied();
    again.put("k", "3").commit();
    open("b").put("k", "1").commit();

    assertThat(get("a", "k")).isEqualTo("3");
    assertThat(get("b", "k")).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_read_brings_the_store_back_and_leaves_openings_void(boolean applied) {
    TestObject bystander = open("c");
    TestObject object = broken(applied);
    String value = Objects.requireNonNull(get("a", "k"));

    assertThat(value).isIn("1", "2");
    assertThat(texts("a")).containsExactly(entry("k", value));
    assertThat(store().dueAlarms(9)).hasSize(value.equals("2") ? 1 : 0);
    assertThat(store().directory().byId(NAMESPACE, null, 9))
        .extracting(DirectoryEntry::id, DirectoryEntry::created)
        .containsExactly(tuple(id("a"), START));
    object.put("k", "old").seq(2).submit().awaitNotApplied();
    object.put("k", "old").seq(3).submit().awaitNotApplied();
    bystander.put("k", "old").submit().awaitNotApplied();
    assertThat(get("a", "k")).isEqualTo(value);
    open("a").put("k", "3").commit();
  }

  @Test
  void alarms_secrets_and_pruning_go_on_after_a_failure() {
    byte[] secret = store().namespaceSecret("A");
    broken(false);
    assertThat(store().nextAlarm().isPresent()).isIn(true, false);
    brokenAgain();
    assertThat(store().namespaceSecret("A")).isEqualTo(secret);
    brokenAgain();
    assertThat(store().prune(100).removed()).isZero();
    brokenAgain();
    assertThat(store().directory().byName(NAMESPACE, "", null, 9)).hasSize(1);
    brokenAgain();
    assertThat(store().namespaceSecret("B")).hasSize(32);
  }

  private void brokenAgain() {
    TestObject object = open("a");
    faulty().failNextWrite(true);
    object.put("k", "2").submit().awaitUnknown();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void commits_in_flight_fail_in_order_and_what_was_not_tried_is_not_there(boolean applied) {
    TestObject a = open("a");
    TestObject b = open("b");
    List<Completion> commits = new ArrayList<>();
    List<Completion> others = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      commits.add(a.put("k", "" + i).submit());
      others.add(b.put("k", "" + i).submit());
      if (i == 50) {
        faulty().failNextWrite(applied);
      }
    }

    assertFailedInOrder("a", commits);
    assertFailedInOrder("b", others);
  }

  private void assertFailedInOrder(String name, List<Completion> commits) {
    long durable = 0;
    long unknown = 0;
    Optional<Outcome> last = Optional.empty();
    for (Completion commit : commits) {
      Optional<Outcome> outcome = commit.await().map(StorageException::outcome);
      if (outcome.isEmpty()) {
        assertThat(last).as("nothing is durable behind a failure").isEmpty();
        durable++;
      } else if (outcome.get() == Outcome.UNKNOWN) {
        assertThat(last).isNotEqualTo(Optional.of(Outcome.NOT_APPLIED));
        unknown++;
      }
      last = outcome;
      assertThat(commit.calls()).isEqualTo(1);
    }
    assertThat(last).isPresent();
    OpenedObject found = found(name);
    assertThat(found.seq()).isBetween(durable, durable + unknown);
    assertThat(get(name, "k")).isEqualTo(found.seq() == 0 ? null : "" + found.seq());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_failed_group_is_wholly_there_or_not_at_all(boolean applied) throws Exception {
    TestObject a = open("a");
    TestObject b = open("b");
    faulty().failNextWrite(applied);
    submitTogether(a.put("k", "1"), b.put("k", "1")).awaitUnknown();

    long seq = found("a").seq();
    assertThat(found("b").seq()).isEqualTo(seq);
    assertThat(get("b", "k")).isEqualTo(get("a", "k"));
    reopen();
    assertThat(found("a").seq()).isEqualTo(seq);
    assertThat(found("b").seq()).isEqualTo(seq);
    assertThat(store().directory().byId(NAMESPACE, null, 9)).hasSize(2 * (int) seq);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_broken_store_can_be_closed_and_opened(boolean applied) throws Exception {
    TestObject object = broken(applied);
    reopen();

    TestObject again = open("a");
    assertThat(again.opening().epoch()).isGreaterThan(object.opening().epoch());
    assertWhollyThereOrNot(again.opened());
    again.put("k", "3").commit();
    reopen();
    assertThat(get("a", "k")).isEqualTo("3");
  }

  @Test
  void a_store_may_break_and_come_back_again_and_again() {
    long epoch = 0;
    for (int round = 0; round < 10; round++) {
      TestObject object = open("a");
      assertThat(object.opening().epoch()).isGreaterThan(epoch);
      epoch = object.opening().epoch();
      object.put("sure", "" + round).commit();
      faulty().failNextWrite(round % 2 == 0);
      object.put("unsure", "" + round).submit().awaitUnknown();
    }
    assertThat(get("a", "sure")).isEqualTo("9");
    assertThat(found("a").seq()).isBetween(10L, 20L);
  }
}
