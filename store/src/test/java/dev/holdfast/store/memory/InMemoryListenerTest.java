// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.StorageException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What listeners may do on the store's thread, and what happens when they misbehave. */
class InMemoryListenerTest extends InMemoryStoreFixture {

  @Test
  void a_listener_may_submit() {
    Writer a = open("a");
    CompletableFuture<StorageException> second = new CompletableFuture<>();
    store.submit(a.next("k", "1"), _ -> store.submit(a.next("k", "2"), second::complete));

    assertDurable(second);
    assertThat(get("a", "k")).isEqualTo("2");
  }

  @Test
  void a_listener_that_throws_does_not_keep_others_from_being_told() {
    Writer a = open("a");
    CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> uncaught.complete(e));
    try {
      store.submit(
          a.next("k", "1"),
          _ -> {
            throw new IllegalStateException("a listener's bug");
          });
      assertDurable(a.submit("k", "2"));
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(uncaught.join()).hasMessage("a listener's bug");
    assertThat(open("a").seq).isEqualTo(2);
  }
}
