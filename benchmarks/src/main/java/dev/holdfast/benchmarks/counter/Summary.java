// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import dev.holdfast.benchmarks.contest.Rounds;

/** All rounds of one contender on one workload: medians, and the sum of the errors. */
record Summary(Rounds<Round> rounds) {

  double perSecond() {
    return rounds.median(Round::perSecond);
  }

  double p50Millis() {
    return rounds.median(Round::p50Millis);
  }

  double p99Millis() {
    return rounds.median(Round::p99Millis);
  }

  double cpuMicrosPerRequest() {
    return rounds.median(Round::cpuMicrosPerRequest);
  }

  double residentMebibytes() {
    return rounds.median(round -> round.usage().residentMebibytes());
  }

  double noise() {
    return rounds.noise();
  }

  long errors() {
    return rounds.all().stream().mapToLong(round -> round.load().errors()).sum();
  }

  /** Whether the figures say anything: every request of every round did what was asked. */
  boolean sound() {
    return rounds.sound();
  }

  /** Answers with an error's status, in all rounds. */
  long refused() {
    return rounds.all().stream().mapToLong(round -> round.load().refused()).sum();
  }

  /** Answers in the round that had the fewest. */
  long leastAnswered() {
    return rounds.all().stream().mapToLong(round -> round.load().answered()).min().orElse(0);
  }
}
