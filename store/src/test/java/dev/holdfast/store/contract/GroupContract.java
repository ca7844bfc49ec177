// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.Generation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Groups: commits of one or more objects, all or none; groups are independent of each other. */
abstract class GroupContract extends ContractTest {

  @Test
  void a_group_of_several_objects_is_applied_as_a_whole() throws Exception {
    submitTogether(
            open("a").put("k", "1"), open("b").put("k", "2").alarm(START), open("c").put("k", "3"))
        .awaitDurable();
    reopen();

    assertThat(get("a", "k")).isEqualTo("1");
    assertThat(get("b", "k")).isEqualTo("2");
    assertThat(get("c", "k")).isEqualTo("3");
    assertThat(store().dueAlarms(10)).hasSize(1);
    assertThat(store().directory().byName(NAMESPACE, "", null, 10)).hasSize(3);
  }

  @Test
  void one_refused_commit_refuses_its_group_without_a_trace() throws Exception {
    for (int refused = 0; refused < 3; refused++) {
      List<Draft> drafts = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        drafts.add(open("object" + i).put("k", "1").alarm(START).seq(i == refused ? 2 : 1));
      }
      submitTogether(drafts.toArray(Draft[]::new)).awaitNotApplied();
    }
    reopen();

    for (int i = 0; i < 3; i++) {
      assertThat(found("object" + i).seq()).isZero();
      assertThat(texts("object" + i)).isEmpty();
    }
    assertThat(store().directory().byId(NAMESPACE, null, 10)).isEmpty();
    assertThat(store().nextAlarm()).isEmpty();
  }

  @Test
  void a_void_opening_refuses_its_group() {
    TestObject old = open("a");
    open("a");
    TestObject b = open("b");

    submitTogether(b.put("k", "1"), old.put("k", "1")).awaitNotApplied();

    assertThat(found("b").seq()).isZero();
  }

  @Test
  void a_refused_group_refuses_every_later_commit_of_its_openings() {
    TestObject a = open("a");
    TestObject b = open("b");
    TestObject c = open("c");
    submitTogether(a.put("k", "1"), b.put("k", "1").seq(9)).awaitNotApplied();

    a.put("k", "2").seq(1).submit().awaitNotApplied();
    b.put("k", "2").seq(1).submit().awaitNotApplied();
    submitTogether(c.put("k", "3"), a.put("k", "3").seq(1)).awaitNotApplied();
    c.put("k", "4").seq(1).submit().awaitNotApplied();

    open("a").put("k", "5").commit();
    assertThat(get("a", "k")).isEqualTo("5");
  }

  @Test
  void a_refused_group_does_not_touch_groups_before_and_after_it() {
    TestObject a = open("a");
    TestObject b = open("b");
    TestObject c = open("c");

    Completion before = submitTogether(a.put("k", "1"), b.put("k", "1"));
    Completion refused = submitTogether(a.put("k", "2").seq(2), b.put("k", "2").seq(5));
    Completion after = c.put("k", "3").submit();

    before.awaitDurable();
    refused.awaitNotApplied();
    after.awaitDurable();
    assertThat(get("a", "k")).isEqualTo("1");
    assertThat(get("b", "k")).isEqualTo("1");
    assertThat(get("c", "k")).isEqualTo("3");
  }

  @Test
  void commits_of_one_object_follow_each_other_within_a_group() throws Exception {
    TestObject object = open("a");
    Generation first = object.draft().build().generation();
    object.put("k", "0").put("old", "0").commit();
    submitTogether(
            object.put("k", "1").delete("old").seq(2),
            object.put("k", "2").put("l", "2").seq(3).generation(first.next()),
            object.put("k", "3").delete("l").seq(4).generation(first.next().next()))
        .awaitDurable();
    reopen();

    assertThat(found("a").seq()).isEqualTo(4);
    assertThat(found("a").generation()).isEqualTo(first.next().next());
    assertThat(texts("a")).containsExactly(entry("k", "3"));
    assertThat(get("a", "k", first)).isEqualTo("1");
    assertThat(get("a", "old", first)).isNull();
    assertThat(get("a", "k", first.next())).isEqualTo("2");
    assertThat(get("a", "l", first.next())).isEqualTo("2");
    assertThat(get("a", "l", first)).isNull();
  }

  @Test
  void commits_of_one_object_out_of_order_refuse_their_group() {
    TestObject object = open("a");
    submitTogether(object.put("k", "2").seq(2), object.put("k", "1").seq(1)).awaitNotApplied();
    TestObject again = open("a");
    submitTogether(
            again.put("k", "1"), again.put("k", "2").seq(2).generation(Generation.ofSecond(1)))
        .awaitNotApplied();
    TestObject twice = open("a");
    submitTogether(twice.put("k", "1"), twice.put("k", "2")).awaitNotApplied();

    assertThat(found("a").seq()).isZero();
    assertThat(texts("a")).isEmpty();
  }

  @Test
  void clear_within_a_group_removes_what_commits_before_it_in_the_group_wrote() throws Exception {
    TestObject object = open("a");
    object.put("k", "0").put("l", "0").commit();
    submitTogether(
            object.put("k", "1").put("m", "1").seq(2),
            object.clear().put("m", "2").seq(3),
            object.put("n", "3").seq(4))
        .awaitDurable();

    assertThat(texts("a")).containsExactly(entry("m", "2"), entry("n", "3"));
    reopen();
    assertThat(texts("a")).containsExactly(entry("m", "2"), entry("n", "3"));
  }

  @Test
  void large_groups_are_applied_as_a_whole() throws Exception {
    int objects = 300;
    List<Commit> commits = new ArrayList<>();
    for (int i = 0; i < objects; i++) {
      commits.add(open("object" + i).put("k", "" + i).build());
    }
    Completion completion = new Completion();
    store().submit(new CommitGroup(commits), completion);
    completion.awaitDurable();
    reopen();

    for (int i = 0; i < objects; i++) {
      assertThat(get("object" + i, "k")).isEqualTo("" + i);
    }
  }
}
