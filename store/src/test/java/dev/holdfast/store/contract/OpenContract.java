// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Opening waits for what was submitted before, and lets nothing of it in afterwards. */
abstract class OpenContract extends ContractTest {

  @Test
  void open_sees_every_commit_that_was_submitted_before() {
    for (int round = 1; round <= 100; round++) {
      TestObject object = open("a");
      object.put("k", "x" + round).submit();
      Completion second = object.put("k", "y" + round).submit();

      assertThat(found("a").seq()).isEqualTo(2L * round);
      assertThat(get("a", "k")).isEqualTo("y" + round);
      second.awaitDurable();
    }
  }

  @Test
  void open_waits_for_groups_that_the_object_shares_with_others() {
    TestObject first = open("first");
    for (int round = 1; round <= 50; round++) {
      TestObject a = open("a");
      TestObject b = open("b");
      submitTogether(a.put("k", "" + round), b.put("k", "" + round));
      first.put("k", "" + round).submit();

      assertThat(found("b").seq()).isEqualTo(round);
      assertThat(found("a").seq()).isEqualTo(round);
    }
    assertThat(found("first").seq()).isEqualTo(50);
  }

  @Test
  void open_waits_for_commits_of_an_opening_that_was_released() {
    for (int round = 1; round <= 50; round++) {
      TestObject object = open("a");
      object.put("k", "x" + round).submit();
      object.put("k", "y" + round).submit();
      object.release();

      assertThat(found("a").seq()).isEqualTo(2L * round);
    }
  }

  @Test
  void of_openings_at_the_same_time_exactly_one_is_the_latest() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 1; round <= 20; round++) {
        List<Future<TestObject>> opening = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          opening.add(threads.submit(() -> open("a")));
        }
        List<TestObject> opened = new ArrayList<>();
        for (Future<TestObject> future : opening) {
          opened.add(future.get());
        }
        int durable = 0;
        for (TestObject object : opened) {
          assertThat(object.seq()).isEqualTo(round - 1);
          durable += object.put("k", "" + round).submit().await().isEmpty() ? 1 : 0;
        }
        assertThat(durable).isEqualTo(1);
        assertThat(opened.stream().map(TestObject::opening).distinct()).hasSize(8);
      }
    }
  }

  @Test
  void a_writer_that_goes_on_does_not_get_past_an_opening() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 20; round++) {
        TestObject old = open("a");
        long before = old.seq();
        Future<List<Completion>> writing = threads.submit(() -> submitUntilRefused(old));
        TestObject latest = open("a");
        latest.put("k", "latest").commit();

        List<Completion> written = writing.get();
        long durable = written.stream().map(Completion::await).filter(Optional::isEmpty).count();
        assertThat(latest.opened().seq()).isEqualTo(before + durable);
        assertThat(get("a", "k")).isEqualTo("latest");
        assertThat(found("a").seq()).isEqualTo(before + durable + 1);
      }
    }
  }

  private static List<Completion> submitUntilRefused(TestObject object) {
    List<Completion> submitted = new ArrayList<>();
    do {
      for (int i = 0; i < 10; i++) {
        submitted.add(object.put("k", "old").submit());
      }
    } while (submitted.getLast().await().isEmpty());
    return submitted;
  }
}
