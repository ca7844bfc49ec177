// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Commits: what is written is there, in order, also after the store was opened again. */
abstract class CommitContract extends ContractTest {

  @Test
  void open_of_an_object_that_does_not_exist_finds_nothing_and_creates_nothing() {
    OpenedObject found = store().open(ref("a"), "a");

    assertThat(found.seq()).isZero();
    assertThat(found.generation()).isEqualTo(Generation.NONE);
    assertThat(found.name()).isEqualTo("a");
    assertThat(found.alarm()).isEqualTo(AlarmTime.NEVER);
    assertThat(found.entries()).isEmpty();
    assertThat(found.whole()).isTrue();
    assertThat(found.opening().object()).isEqualTo(ref("a"));
    assertThat(store().directory().byId(NAMESPACE, null, 10)).isEmpty();
    assertThat(get("a", "k")).isNull();
    assertThat(all("a")).isEmpty();
  }

  @Test
  void a_commit_is_seen_once_it_completed() {
    open("a").put("k", "1").put("l", "2").commit();

    assertThat(get("a", "k")).isEqualTo("1");
    assertThat(get("a", "l")).isEqualTo("2");
    assertThat(get("a", "m")).isNull();
    assertThat(get("b", "k")).isNull();
    assertThat(texts("a")).containsExactly(entry("k", "1"), entry("l", "2"));
  }

  @Test
  void later_commits_overwrite_and_delete() {
    TestObject object = open("a");
    object.put("k", "1").put("l", "2").put("m", "3").commit();
    object.put("k", "4").delete("l").delete("absent").commit();

    assertThat(texts("a")).containsExactly(entry("k", "4"), entry("m", "3"));
  }

  @Test
  void everything_survives_reopening() throws Exception {
    TestObject object = open("a");
    object.put("k", "1").alarm(START.plusSeconds(5)).commit();
    clock.advanceSeconds(1);
    object.put("l", "2").delete("k").commit();

    reopen();

    OpenedObject found = found("a");
    assertThat(found.seq()).isEqualTo(2);
    assertThat(found.generation()).isEqualTo(object.generation());
    assertThat(found.name()).isEqualTo("a");
    assertThat(found.alarm()).isEqualTo(AlarmTime.at(START.plusSeconds(5)));
    assertThat(found.whole()).isTrue();
    assertThat(found.entries()).hasSize(1);
    assertThat(found.entries().getFirst().key()).isEqualTo(EntryKey.user("l"));
    assertThat(text(found.entries().getFirst().value())).isEqualTo("2");
    assertThat(texts("a")).containsExactly(entry("l", "2"));
  }

  @Test
  void a_commit_without_changes_counts() throws Exception {
    TestObject object = open("a");
    object.draft().commit();
    object.draft().commit();
    reopen();

    assertThat(found("a").seq()).isEqualTo(2);
    assertThat(found("a").entries()).isEmpty();
    assertThat(store().directory().byId(NAMESPACE, null, 10)).hasSize(1);
  }

  @Test
  void commits_that_nobody_waits_for_are_applied_and_reported_in_order() throws Exception {
    int commits = 500;
    TestObject object = open("a");
    ConcurrentLinkedQueue<Integer> reported = new ConcurrentLinkedQueue<>();
    Completion last = new Completion();
    for (int i = 1; i <= commits; i++) {
      int number = i;
      Draft draft = object.put("k", "" + i).put("k" + i, "" + i);
      object.advanceTo(draft.build());
      store()
          .submit(
              CommitGroup.of(draft.build()),
              failure -> {
                assertThat(failure).isNull();
                reported.add(number);
                if (number == commits) {
                  last.completed(failure);
                }
              });
    }
    last.awaitDurable();

    assertThat(reported)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, commits).boxed().toList());
    assertThat(get("a", "k")).isEqualTo("" + commits);
    assertThat(all("a")).hasSize(commits + 1);
    reopen();
    assertThat(found("a").seq()).isEqualTo(commits);
    assertThat(all("a")).hasSize(commits + 1);
  }

  @Test
  void a_listener_is_told_once_and_on_a_thread_of_the_stores() {
    Completion durable = open("a").put("k", "1").submit();
    durable.awaitDurable();
    Completion refused = open("b").draft().seq(7).submit();
    refused.awaitNotApplied();
    open("a");
    open("b");

    assertThat(durable.calls()).isEqualTo(1);
    assertThat(refused.calls()).isEqualTo(1);
    assertThat(durable.thread()).isNotNull().isNotEqualTo(Thread.currentThread());
    assertThat(refused.thread()).isNotNull().isNotEqualTo(Thread.currentThread());
  }

  @Test
  void many_threads_commit_to_objects_of_their_own() throws Exception {
    int objects = 16;
    int commits = 50;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int o = 0; o < objects; o++) {
        String name = "object" + o;
        running.add(
            threads.submit(
                () -> {
                  TestObject object = open(name);
                  for (int c = 1; c <= commits; c++) {
                    object.put("k", name + "/" + c).commit();
                    assertThat(get(name, "k")).isEqualTo(name + "/" + c);
                  }
                }));
      }
      for (Future<?> thread : running) {
        thread.get();
      }
    }
    reopen();

    for (int o = 0; o < objects; o++) {
      assertThat(found("object" + o).seq()).isEqualTo(commits);
      assertThat(get("object" + o, "k")).isEqualTo("object" + o + "/" + commits);
    }
  }

  @Test
  void values_and_keys_of_any_size_and_content_come_back_as_they_were() throws Exception {
    byte[] everyByte = new byte[256];
    for (int i = 0; i < everyByte.length; i++) {
      everyByte[i] = (byte) i;
    }
    byte[] large = new byte[2 << 20];
    Arrays.fill(large, (byte) 7);
    EntryKey empty = EntryKey.user("");
    EntryKey binary = EntryKey.of(EntryKind.PAGE, everyByte);
    EntryKey zeros = EntryKey.of(EntryKind.ALARM, new byte[] {0, 0, 0});
    EntryKey highs = EntryKey.of(EntryKind.META, new byte[] {-1, -1});
    EntryKey longest = EntryKey.user("x".repeat(2048));

    open("a")
        .draft()
        .put(empty, new byte[0])
        .put(binary, large)
        .put(zeros, everyByte)
        .put(highs, "")
        .put(longest, "1")
        .commit();
    reopen();

    assertThat(value(empty)).isEmpty();
    assertThat(value(binary)).isEqualTo(large);
    assertThat(value(zeros)).isEqualTo(everyByte);
    assertThat(value(highs)).isEmpty();
    assertThat(value(longest)).isEqualTo(new byte[] {'1'});
    assertThat(all("a").sequencedKeySet()).containsExactly(empty, longest, binary, zeros, highs);
  }

  private byte[] value(EntryKey key) {
    byte[] value = store().get(ref("a"), key, View.current());
    if (value == null) {
      throw new AssertionError("there is no entry " + key);
    }
    return value;
  }

  @Test
  void objects_of_different_namespaces_are_different_objects() throws Exception {
    ObjectRef other = new ObjectRef("Other", id("a"));
    open("a").put("k", "1").commit();
    open(other, "a").put("k", "2").commit();
    open(new ObjectRef("Count", id("a")), "a").put("k", "3").commit();
    reopen();

    assertThat(get("a", "k")).isEqualTo("1");
    assertThat(text(store().get(other, EntryKey.user("k"), View.current()))).isEqualTo("2");
    assertThat(store().open(other, "a").seq()).isEqualTo(1);
  }

  @Test
  void a_small_object_is_opened_whole_and_in_order() throws Exception {
    Draft draft = open("a").draft();
    for (int i = OpenedObject.MAX_WHOLE_ENTRIES - 2; i >= 0; i--) {
      draft.put("%03d".formatted(i), "" + i);
    }
    draft.put(EntryKey.of(EntryKind.META, new byte[] {1}), "meta").commit();

    assertWhole(found("a"));
    reopen();
    assertWhole(found("a"));
    TestObject object = open("a");
    object.put("one more", "1").commit();
    assertThat(found("a").whole()).isFalse();
    assertThat(found("a").entries()).isEmpty();
    open("a").delete("one more").commit();
    assertWhole(found("a"));
  }

  private static void assertWhole(OpenedObject found) {
    assertThat(found.whole()).isTrue();
    assertThat(found.entries()).hasSize(OpenedObject.MAX_WHOLE_ENTRIES);
    assertThat(found.entries().stream().map(entry -> entry.key()).collect(Collectors.toList()))
        .isSorted();
  }

  @Test
  void an_object_with_more_bytes_is_opened_without_its_entries() {
    EntryKey key = EntryKey.user("k");
    int most = (int) OpenedObject.MAX_WHOLE_BYTES - key.length();
    TestObject object = open("a");
    object.draft().put(key, new byte[most]).commit();
    assertThat(found("a").whole()).isTrue();
    assertThat(found("a").entries()).hasSize(1);

    open("a").draft().put(key, new byte[most + 1]).commit();
    assertThat(found("a").whole()).isFalse();
    assertThat(found("a").entries()).isEmpty();
    assertThat(found("a").seq()).isEqualTo(2);
  }
}
