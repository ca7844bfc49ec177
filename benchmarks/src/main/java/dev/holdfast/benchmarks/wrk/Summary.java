// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.wrk;

import dev.holdfast.benchmarks.contest.Rounds;

/** All rounds of one contender with the same requests: medians, and the sum of the errors. */
public record Summary(Rounds<Round> rounds) {

  public double perSecond() {
    return rounds.median(Round::perSecond);
  }

  public double p50Millis() {
    return rounds.median(Round::p50Millis);
  }

  public double p99Millis() {
    return rounds.median(Round::p99Millis);
  }

  public double cpuMicrosPerRequest() {
    return rounds.median(Round::cpuMicrosPerRequest);
  }

  public double residentMebibytes() {
    return rounds.median(round -> round.usage().residentMebibytes());
  }

  public double noise() {
    return rounds.noise();
  }

  public long errors() {
    return rounds.all().stream().mapToLong(round -> round.load().errors()).sum();
  }

  /** Whether the figures say anything: every request of every round did what was asked. */
  public boolean sound() {
    return rounds.sound();
  }

  /** Answers with an error's status, in all rounds. */
  public long refused() {
    return rounds.all().stream().mapToLong(round -> round.load().refused()).sum();
  }

  /** Answers in the round that had the fewest. */
  public long leastAnswered() {
    return rounds.all().stream().mapToLong(round -> round.load().answered()).min().orElse(0);
  }
}
