// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.durability;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What clients were told of their increments, counter by counter. Thread-safe. */
final class Confirmations {

  private record Tally(AtomicLong confirmed, AtomicLong unanswered) {}

  private final Map<String, Tally> tallies = new ConcurrentHashMap<>();

  private Tally tally(String counter) {
    return tallies.computeIfAbsent(counter, c -> new Tally(new AtomicLong(), new AtomicLong()));
  }

  /** An increment was answered with success. */
  void confirmed(String counter) {
    tally(counter).confirmed.incrementAndGet();
  }

  /** An increment failed, or its answer never came: it may be there or not. */
  void unanswered(String counter) {
    tally(counter).unanswered.incrementAndGet();
  }

  /** How many increments were confirmed in all. */
  long total() {
    return tallies.values().stream().mapToLong(tally -> tally.confirmed.get()).sum();
  }

  /** How many increments failed in all. */
  long failures() {
    return tallies.values().stream().mapToLong(tally -> tally.unanswered.get()).sum();
  }

  /** Throws unless the server shows what was confirmed, and no more than was sent. */
  void check(CounterServer server) throws InterruptedException {
    for (Map.Entry<String, Tally> entry : new TreeMap<>(tallies).entrySet()) {
      long confirmed = entry.getValue().confirmed.get();
      long sent = confirmed + entry.getValue().unanswered.get();
      long value = server.value(entry.getKey());
      if (value < confirmed || value > sent) {
        throw new DurabilityBroken(
            "counter %s shows %d; %d increments were confirmed and %d sent"
                .formatted(entry.getKey(), value, confirmed, sent));
      }
    }
  }
}
