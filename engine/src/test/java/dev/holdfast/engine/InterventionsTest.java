// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Bookmark;
import dev.holdfast.KeyRange;
import dev.holdfast.LimitExceededException;
import dev.holdfast.ObjectResetException;
import dev.holdfast.Outcome;
import dev.holdfast.engine.history.KeptStates;
import dev.holdfast.engine.history.RetainedMoments;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator does to objects, without code of theirs. */
class InterventionsTest extends EngineSuite {

  @BeforeEach
  void scripts() {
    test.script("state", InterventionsTest::state);
    test.script("entries", self -> self.store().list(Long.class, KeyRange.all()).toString());
    test.script("memory", self -> String.valueOf(self.memory));
    test.script(
        "add",
        self -> {
          self.memory++;
          self.add("n", 1);
          self.database().exec("CREATE TABLE IF NOT EXISTS t(v)");
          self.database().exec("INSERT INTO t VALUES (?)", self.count("n"));
          return "";
        });
  }

  private static String state(Scripted self) {
    return self.store().list(Long.class, KeyRange.all())
        + " "
        + self.database().query("SELECT v FROM t ORDER BY rowid").list(Long.class);
  }

  private ObjectRef ref(String name) {
    return new ObjectRef(TestEngine.SCRIPTED, test.objects().idFromName(name));
  }

  /** Adds, so that the state can be told, and moves on to the next second. */
  private Generation add(String name) {
    get(test.call(name, "add"));
    Generation now = Generation.lastOfSecond(test.clock.now().getEpochSecond());
    test.clock.advance(Duration.ofSeconds(1));
    return now;
  }

  private String state(String name) {
    return get(test.call(name, "state"));
  }

  private Bookmark restore(String name, Generation to) {
    return test.engine().interventions().restore(ref(name), to);
  }

  private OptionalLong delete(String name) {
    return test.engine().interventions().delete(ref(name));
  }

  private long storedBytes(String name) {
    return test.objects().list(KeyRange.prefix(name)).getFirst().bytes();
  }

  private Bookmark keep(String name, Generation moment) {
    return test.engine().interventions().keep(ref(name), moment);
  }

  private void fork(String name, Bookmark bookmark, String newName) {
    test.engine().interventions().fork(ref(name), bookmark, test.objects().idFromName(newName));
  }

  /** The generation at whose end the state of a bookmark is. */
  private Generation end(String name, Bookmark bookmark) {
    return new KeptStates(test.store(), ref(name), test.clock.now()).at(bookmark);
  }

  @Test
  void an_object_that_is_awake_goes_back_and_starts_again_and_back_again() {
    Generation first = add("a");
    add("a");
    add("b");

    Bookmark undo = restore("a", first);

    assertThat(state("a")).isEqualTo("{n=1} [1]");
    assertThat(test.activations("a")).isEqualTo(2);
    assertThat(state("b")).isEqualTo("{n=1} [1]");
    assertThat(test.activations("b")).as("the neighbour goes on").isEqualTo(1);
    restore("a", end("a", undo));
    assertThat(state("a")).isEqualTo("{n=2} [1, 2]");
  }

  @Test
  void an_object_that_sleeps_goes_back_without_being_woken() {
    Generation first = add("a");
    add("a");
    test.letSleep();

    Bookmark undo = restore("a", first);

    assertThat(test.activations("a")).as("nothing ran").isEqualTo(1);
    TestEngine.until("nothing is awake", () -> test.engine().activations() == 0);
    assertThat(state("a")).isEqualTo("{n=1} [1]");
    test.letSleep();
    restore("a", end("a", undo));
    assertThat(state("a")).isEqualTo("{n=2} [1, 2]");
  }

  @Test
  void who_has_started_is_told_and_who_waits_goes_on_after_it() {
    Generation first = add("a");
    add("a");
    CountDownLatch inside = test.latch();
    test.script(
        "sleeps",
        self -> {
          inside.countDown();
          self.context().sleep(Duration.ofDays(1));
          return "woke";
        });
    CompletableFuture<String> sleeper = test.call("a", "sleeps");
    TestEngine.pass(inside);

    restore("a", first);

    assertThat(TestEngine.failure(sleeper)).isInstanceOf(ObjectResetException.class);
    assertThat(state("a")).isEqualTo("{n=1} [1]");
  }

  @Test
  void calls_that_come_all_the_while_see_the_state_before_or_after_and_none_is_lost()
      throws Exception {
    for (int i = 0; i < 100; i++) {
      add("a");
    }
    Generation ten = Generation.lastOfSecond(test.clock.now().getEpochSecond() - 91);
    test.script(
        "count",
        self -> {
          long before = self.count("n");
          long rows = self.database().query("SELECT count(*) FROM t").one(Long.class);
          assertThat(rows).as("both or none").isEqualTo(before);
          self.database().exec("INSERT INTO t VALUES (1)");
          return String.valueOf(self.add("n", 1));
        });
    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      calls.add(test.call("a", "count"));
      if (i == 25) {
        restore("a", ten);
      }
    }
    List<Long> answers = new ArrayList<>();
    for (CompletableFuture<String> call : calls) {
      answers.add(Long.parseLong(get(call)));
    }
    long before = answers.stream().filter(answer -> answer > 100).count();
    long highest = answers.stream().mapToLong(answer -> answer).max().orElseThrow();
    String last = get(test.call("a", "count"));
    long after = Long.parseLong(last) - 1;
    assertThat(answers).doesNotHaveDuplicates();
    assertThat(after).as("all that came after").isEqualTo(10 + (50 - before));
    assertThat(highest).isEqualTo(Math.max(before == 0 ? 0 : 100 + before, after));
  }

  @Test
  void an_object_that_is_deleted_is_gone_with_its_past_and_it_is_told_how_much_it_had() {
    Generation first = add("a");
    add("a");
    add("b");
    long bytes = storedBytes("a");

    assertThat(delete("a")).hasValue(bytes);

    assertThat(test.store().lastCommit(ref("a"))).isNull();
    assertThat(delete("a")).isEmpty();
    assertThat(delete("nobody")).isEmpty();
    add("a");
    assertThat(state("a")).isEqualTo("{n=1} [1]");
    assertThat(get(test.call("a", "memory"))).as("in memory too").isEqualTo("1");
    restore("a", first);
    assertThat(get(test.call("a", "entries"))).as("before the deletion").isEqualTo("{}");
    assertThat(state("b")).isEqualTo("{n=1} [1]");
    assertThat(get(test.call("b", "memory"))).as("the neighbour goes on").isEqualTo("1");
  }

  @Test
  void an_object_that_sleeps_is_deleted_without_being_woken() {
    add("a");
    test.letSleep();
    assertThat(delete("a")).isPresent();
    assertThat(test.activations("a")).as("nothing ran").isEqualTo(1);
    assertThat(test.store().lastCommit(ref("a"))).isNull();
  }

  @Test
  void a_moment_that_is_kept_by_rule_alone_can_be_kept_on_and_code_can_use_it() {
    Generation first = add("a");
    add("a");

    Bookmark kept = keep("a", first);

    assertThat(get(test.call("a", "memory"))).as("the activation goes on").isEqualTo("2");
    test.clock.advance(Duration.ofDays(6));
    prune();
    test.script(
        "then",
        self -> {
          var then = self.store().history().view(kept);
          return then.list(Long.class, KeyRange.all())
              + " "
              + then.query("SELECT v FROM t ORDER BY rowid").list(Long.class);
        });
    assertThat(get(test.call("a", "then"))).isEqualTo("{n=1} [1]");
  }

  private void prune() {
    boolean over = false;
    while (!over) {
      over = test.store().prune(1_000).passCompleted();
    }
  }

  @Test
  void a_bookmark_of_the_present_of_a_sleeping_object_is_what_it_was_then() {
    add("a");
    test.letSleep();
    Bookmark now = keep("a", RetainedMoments.endOf(test.clock.now().getEpochSecond()));
    assertThat(test.activations("a")).as("nothing ran").isEqualTo(1);
    add("a");
    add("a");
    restore("a", end("a", now));
    assertThat(state("a")).isEqualTo("{n=1} [1]");
  }

  @Test
  void a_fork_begins_as_the_other_was_and_the_other_does_not_notice() {
    Generation first = add("a");
    add("a");
    fork("a", keep("a", first), "copy");
    assertThat(state("copy")).isEqualTo("{n=1} [1]");
    assertThat(state("a")).isEqualTo("{n=2} [1, 2]");
    assertThat(get(test.call("a", "memory"))).isEqualTo("2");

    Bookmark kept = keep("a", first);
    assertThatThrownBy(() -> fork("a", kept, "copy"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("which exists");
    add("copy");
    assertThat(state("copy")).isEqualTo("{n=2} [1, 2]");
  }

  @Test
  void what_is_refused_changes_nothing() {
    Generation first = add("a");
    add("a");
    assertThatThrownBy(() -> restore("nobody", first))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Scripted/nobody does not exist");
    test.clock.advance(Duration.ofDays(40));
    assertThatThrownBy(() -> restore("a", first))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not kept");
    assertThatThrownBy(() -> keep("a", first)).isInstanceOf(IllegalArgumentException.class);
    assertThat(state("a")).isEqualTo("{n=2} [1, 2]");
    assertThat(test.objects().idFromName("nobody")).isNotNull();
    assertThat(test.store().lastCommit(ref("nobody"))).isNull();
  }

  @Test
  void an_object_with_too_many_bookmarks_is_left_as_it_is() {
    Generation first = add("a");
    test.script("current", self -> self.store().history().current().toString());
    for (int i = 0; i < 999; i++) {
      add("a");
      get(test.call("a", "current"));
    }
    add("a");
    String memory = get(test.call("a", "memory"));
    long before = test.store().gate().submitted();
    test.store().gate().hold();
    CompletableFuture<String> last = test.call("a", "current");
    test.awaitSubmitted(before + 1);
    CompletableFuture<Bookmark> restored = test.worker(() -> restore("a", first));
    test.store().gate().release();

    assertThat(get(last)).isNotEmpty();
    assertThat(TestEngine.failure(restored))
        .isInstanceOf(LimitExceededException.class)
        .hasMessageContaining("1000 bookmarks");
    add("a");
    Generation present = RetainedMoments.endOf(test.clock.now().getEpochSecond());
    assertThatThrownBy(() -> keep("a", present)).isInstanceOf(LimitExceededException.class);
    assertThat(keep("a", end("a", Bookmark.parse(get(last))))).hasToString(get(last));
    assertThat(Integer.parseInt(get(test.call("a", "memory"))))
        .as("it goes on")
        .isEqualTo(Integer.parseInt(memory) + 1);
  }

  @Test
  void a_bookmark_that_was_about_to_be_kept_when_the_activation_ended_may_be_kept() {
    Generation first = add("a");
    add("a");
    test.letSleep();
    long before = test.store().gate().submitted();
    test.store().gate().hold();
    CompletableFuture<Bookmark> kept = test.worker(() -> keep("a", first));
    test.awaitSubmitted(before + 1);
    test.clock.advance(Duration.ofSeconds(31));

    assertThat(TestEngine.failure(kept))
        .isInstanceOf(ObjectResetException.class)
        .returns(Outcome.UNKNOWN, failure -> ((ObjectResetException) failure).outcome());
    test.store().gate().release();
    TestEngine.until("its thread has left", () -> test.engine().leftOverThreads() == 0);
    assertThat(end("a", Bookmark.of(first.packed(), ref("a").id()))).isEqualTo(first);
    assertThat(state("a")).isEqualTo("{n=2} [1, 2]");
  }

  @Test
  void objects_of_a_namespace_without_a_class_go_back_and_are_forked() {
    Generation first = add("a");
    add("a");
    ObjectRef a = ref("a");
    var copy = test.objects().idFromName("copy");
    test.stopEngine();
    test.renew(TestEngine.SLEEPER);

    var interventions = test.engine().interventions();
    interventions.fork(a, interventions.keep(a, first), copy);
    Bookmark undo = interventions.restore(a, first);
    assertThatThrownBy(() -> interventions.fork(a, undo, copy))
        .isInstanceOf(IllegalStateException.class);

    test.stopEngine();
    test.renew();
    assertThat(state("a")).isEqualTo("{n=1} [1]");
    assertThat(state("copy")).isEqualTo("{n=1} [1]");
    restore("a", end("a", undo));
    assertThat(state("a")).isEqualTo("{n=2} [1, 2]");
    assertThat(test.store().directory().byName(TestEngine.SCRIPTED, "copy", null, 10)).hasSize(1);
  }

  @Test
  void objects_of_a_namespace_without_a_class_are_deleted() {
    add("a");
    add("b");
    ObjectRef a = ref("a");
    long bytes = storedBytes("a");
    test.stopEngine();
    test.renew(TestEngine.SLEEPER);

    assertThat(test.engine().interventions().delete(a)).hasValue(bytes);
    assertThat(test.engine().interventions().delete(a)).isEmpty();

    assertThat(test.store().lastCommit(a)).isNull();
    test.stopEngine();
    test.renew();
    assertThat(get(test.call("a", "entries"))).isEqualTo("{}");
    assertThat(state("b")).isEqualTo("{n=1} [1]");
  }

  @Test
  void a_wish_of_the_object_to_go_back_comes_first() {
    Generation first = add("a");
    Generation second = add("a");
    add("a");
    Bookmark one = keep("a", first);
    test.script(
        "wish",
        self -> {
          self.store().history().restoreOnRestart(one);
          return "";
        });
    get(test.call("a", "wish"));
    add("a");
    Bookmark undo = restore("a", second);
    assertThat(state("a")).isEqualTo("{n=2} [1, 2]");
    restore("a", end("a", undo));
    assertThat(state("a")).isEqualTo("{n=1} [1]");
  }

  @Test
  void a_fork_that_is_refused_does_not_disturb_who_has_started_in_the_target() {
    add("a");
    CountDownLatch inside = test.latch();
    test.script(
        "sleeps",
        self -> {
          inside.countDown();
          self.context().sleep(Duration.ofSeconds(5));
          return "woke";
        });
    CompletableFuture<String> sleeper = test.call("b", "sleeps");
    TestEngine.pass(inside);

    Bookmark never = Bookmark.of(Generation.ofSecond(1).packed(), ref("a").id());
    assertThatThrownBy(() -> fork("a", never, "b")).hasMessageContaining("is not kept");

    test.clock.advance(Duration.ofSeconds(6));
    assertThat(get(sleeper)).isEqualTo("woke");
  }

  @Test
  void an_object_whose_constructor_failed_is_called_at_once_when_it_was_restored() {
    Generation first = add("a");
    add("a");
    test.letSleep();
    test.onConstruction(
        self -> {
          if (self.count("n") > 1) {
            throw new IllegalStateException("broken by its data");
          }
        });
    for (int i = 0; i < 8; i++) {
      TestEngine.failure(test.call("a", "memory"));
      test.clock.advance(Duration.ofSeconds(10));
    }
    TestEngine.failure(test.call("a", "memory"));
    restore("a", first);
    assertThat(state("a")).isEqualTo("{n=1} [1]");
  }
}
