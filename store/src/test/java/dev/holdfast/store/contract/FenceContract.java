// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Opening;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fence: epochs, openings, seqs and generations let one writer through and no other. */
abstract class FenceContract extends ContractTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 4, 100, Long.MAX_VALUE})
  void a_commit_whose_seq_is_not_the_next_is_refused_without_a_trace(long seq) throws Exception {
    TestObject object = open("a");
    object.put("k", "1").commit();
    object.put("k", "2").alarm(START).commit();
    clock.advanceSeconds(1);

    object
        .put("k", "wrong")
        .put("l", "wrong")
        .alarm(START.plusSeconds(9))
        .seq(seq)
        .submit()
        .awaitNotApplied();

    assertUntouched(object, "a", 2, "2");
    reopen();
    assertUntouched(object, "a", 2, "2");
  }

  private void assertUntouched(TestObject before, String name, long seq, String value) {
    OpenedObject found = found(name);
    assertThat(found.seq()).isEqualTo(seq);
    assertThat(found.generation()).isEqualTo(Generation.ofSecond(START.getEpochSecond()));
    assertThat(found.alarm().at()).isEqualTo(START);
    assertThat(found.name()).isEqualTo(before.opened().name());
    assertThat(texts(name)).containsExactly(entry("k", value));
  }

  @Test
  void a_first_commit_must_have_seq_1_and_leaves_nothing_behind_if_not() {
    open("a").put("k", "1").seq(2).submit().awaitNotApplied();

    assertThat(found("a").seq()).isZero();
    assertThat(texts("a")).isEmpty();
    assertThat(store().directory().byId(NAMESPACE, null, 10)).isEmpty();
    assertThat(store().directory().byName(NAMESPACE, "", null, 10)).isEmpty();
  }

  @Test
  void after_a_refusal_every_later_commit_of_the_opening_is_refused() {
    TestObject object = open("a");
    object.put("k", "1").commit();
    object.put("k", "2").seq(7).submit().awaitNotApplied();

    object.put("k", "3").seq(2).submit().awaitNotApplied();
    object.put("k", "4").seq(8).submit().awaitNotApplied();
    assertThat(get("a", "k")).isEqualTo("1");

    open("a").put("k", "5").commit();
    assertThat(get("a", "k")).isEqualTo("5");
    assertThat(found("a").seq()).isEqualTo(2);
  }

  @Test
  void commits_that_were_submitted_behind_a_refused_one_are_refused() {
    TestObject object = open("a");
    List<Completion> refused = new ArrayList<>();
    Completion first = object.put("k", "1").submit();
    refused.add(object.put("k", "2").seq(3).submit());
    refused.add(object.put("k", "3").seq(2).submit());
    refused.add(object.put("k", "4").seq(3).submit());

    first.awaitDurable();
    refused.forEach(Completion::awaitNotApplied);
    assertThat(found("a").seq()).isEqualTo(1);
    assertThat(get("a", "k")).isEqualTo("1");
  }

  @Test
  void a_commit_may_stay_in_the_generation_or_go_on_but_not_go_back() {
    TestObject object = open("a");
    object.put("k", "1").commit();
    object.put("k", "2").commit();
    object.put("k", "3").generation(object.generation().next()).commit();
    clock.advanceSeconds(1);
    object.put("k", "4").commit();
    Generation last = object.generation();

    object.put("k", "5").generation(new Generation(last.packed() - 1)).submit().awaitNotApplied();

    assertThat(get("a", "k")).isEqualTo("4");
    assertThat(found("a").generation()).isEqualTo(last);
  }

  @Test
  void opening_again_makes_the_opening_before_void() throws Exception {
    TestObject first = open("a");
    first.put("k", "1").commit();
    TestObject second = open("a");

    first.put("k", "old").submit().awaitNotApplied();

    assertThat(second.opening()).isNotEqualTo(first.opening());
    assertThat(get("a", "k")).isEqualTo("1");
    second.put("k", "2").commit();
    first.put("k", "old").seq(3).submit().awaitNotApplied();
    assertThat(get("a", "k")).isEqualTo("2");
    second.put("k", "3").commit();
    reopen();
    assertThat(get("a", "k")).isEqualTo("3");
  }

  @Test
  void opening_one_object_does_not_touch_another() {
    TestObject a = open("a");
    open("b");
    open("b");

    a.put("k", "1").commit();
    assertThat(get("a", "k")).isEqualTo("1");
  }

  @Test
  void a_released_opening_is_void_and_what_was_submitted_before_is_applied() {
    TestObject object = open("a");
    Completion before = object.put("k", "1").submit();
    object.release();

    object.put("k", "2").submit().awaitNotApplied();
    before.awaitDurable();
    object.release();
    assertThat(get("a", "k")).isEqualTo("1");
    open("a").put("k", "3").commit();
    assertThat(get("a", "k")).isEqualTo("3");
  }

  @Test
  void releasing_an_opening_that_is_not_the_latest_changes_nothing() {
    TestObject first = open("a");
    TestObject second = open("a");
    first.release();

    second.put("k", "1").commit();
    first.release();
    second.put("k", "2").commit();
    assertThat(get("a", "k")).isEqualTo("2");
  }

  @Test
  void an_opening_that_was_never_given_is_void() {
    Opening opening = open("a").opening();
    Opening next = new Opening(opening.object(), opening.epoch(), opening.number() + 1);
    Opening otherEpoch = new Opening(opening.object(), opening.epoch() + 1, opening.number());
    Opening otherObject = new Opening(ref("b"), opening.epoch(), opening.number());

    for (Opening forged : List.of(next, otherEpoch, otherObject)) {
      forge(forged).put("k", "1").submit().awaitNotApplied();
    }
    assertThat(found("a").seq()).isZero();
    assertThat(found("b").seq()).isZero();
  }

  private TestObject forge(Opening opening) {
    OpenedObject real = found("c");
    return new TestObject(
        store(),
        clock,
        new OpenedObject(opening, 0, Generation.NONE, null, 0, real.alarm(), List.of(), true));
  }

  @Test
  void every_reopening_has_a_greater_epoch_and_voids_every_opening() throws Exception {
    TestObject first = open("a");
    first.put("k", "1").commit();
    reopen();
    new TestObject(store(), clock, first.opened())
        .put("k", "old")
        .seq(2)
        .submit()
        .awaitNotApplied();

    TestObject second = open("a");
    assertThat(second.opening().epoch()).isGreaterThan(first.opening().epoch());
    new TestObject(store(), clock, first.opened())
        .put("k", "old")
        .seq(2)
        .submit()
        .awaitNotApplied();
    second.put("k", "2").commit();
    reopen();
    assertThat(open("a").opening().epoch()).isGreaterThan(second.opening().epoch());
    assertThat(get("a", "k")).isEqualTo("2");
  }

  @Test
  void the_name_of_the_first_commit_stays() throws Exception {
    ObjectRef unnamed = ref("unnamed");
    store().open(ref("a"), "never committed");
    open(ref("a"), "first").put("k", "1").commit();
    open(unnamed, null).put("k", "1").commit();

    assertThat(store().open(ref("a"), "other").name()).isEqualTo("first");
    assertThat(store().open(ref("a"), null).name()).isEqualTo("first");
    assertThat(store().open(unnamed, "late").name()).isNull();
    open(unnamed, "late").put("k", "2").commit();
    reopen();
    assertThat(store().open(ref("a"), "other").name()).isEqualTo("first");
    assertThat(store().open(unnamed, "late").name()).isNull();
  }

  @Test
  void seqs_begin_at_1_and_a_group_is_never_empty() {
    TestObject object = open("a");

    assertThatThrownBy(() -> object.draft().seq(0).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new CommitGroup(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
