// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that goes when it is told to. Thread-safe. */
final class TestClock implements InstantSource {
  private volatile Instant now;

  TestClock(Instant now) {
    this.now = now;
  }

  @Override
  public Instant instant() {
    return now;
  }

  long second() {
    return now.getEpochSecond();
  }

  void set(Instant instant) {
    now = instant;
  }

  void advance(Duration by) {
    set(now.plus(by));
  }

  void advanceSeconds(long seconds) {
    advance(Duration.ofSeconds(seconds));
  }
}
