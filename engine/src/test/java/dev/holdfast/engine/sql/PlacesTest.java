// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectId;
import dev.holdfast.engine.TestEngine;
import dev.holdfast.store.ObjectRef;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One place, and a line of those who wait for it. */
final class PlacesTest {
  private final Places<String> places = new Places<>(1, Duration.ofHours(1), new ReentrantLock());
  private final ObjectRef cart = new ObjectRef("Cart", ObjectId.of(new byte[32], "a"));

  private @Nullable String take(boolean hasAnother) {
    return places.take(cart, hasAnother, () -> null);
  }

  /** Stands in line; what it gets says too what was open there. */
  private CompletableFuture<String> waiting() {
    CompletableFuture<String> got = new CompletableFuture<>();
    Thread thread = Thread.startVirtualThread(() -> got.complete("got " + take(false)));
    TestEngine.awaitWaiting(thread);
    return got;
  }

  @Test
  void first_in_line_is_the_first_to_get_what_a_turn_leaves_or_hands_on() {
    take(false);
    CompletableFuture<String> first = waiting();
    CompletableFuture<String> second = waiting();
    assertThat(places.handOn("a database")).isTrue();
    assertThat(first.join()).isEqualTo("got a database");
    assertThat(second).isNotDone();
    places.leave();
    assertThat(second.join()).isEqualTo("got null");
    assertThat(places.handOn("its database")).as("nobody waits").isFalse();
    assertThat(places.excess()).isZero();
  }

  @Test
  void what_rests_goes_to_who_comes_whether_it_could_take_one_beyond_the_limit_or_not() {
    take(false);
    assertThat(places.take(cart, false, () -> "rests")).isEqualTo("rests");
    assertThat(places.take(cart, true, () -> "rests")).isEqualTo("rests");
    assertThat(places.excess()).isZero();
  }

  @Test
  void place_beyond_the_limit_goes_and_is_not_given_to_who_waits() {
    take(false);
    assertThat(take(true)).isNull();
    CompletableFuture<String> first = waiting();
    assertThat(places.handOn("a database")).isFalse();
    places.leave();
    assertThat(first).isNotDone();
    places.leave();
    assertThat(first.join()).isEqualTo("got null");
    assertThat(places.excess()).isZero();
    places.leave();
    assertThat(places.excess()).isEqualTo(-1);
  }
}
