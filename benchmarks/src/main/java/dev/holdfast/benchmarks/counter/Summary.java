// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import dev.holdfast.benchmarks.contest.Median;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** All rounds of one contender on one workload: medians, and the sum of the errors. */
record Summary(List<Round> rounds) {

  double perSecond() {
    return median(Round::perSecond);
  }

  double p50Millis() {
    return median(Round::p50Millis);
  }

  double p99Millis() {
    return median(Round::p99Millis);
  }

  double cpuMicrosPerRequest() {
    return median(Round::cpuMicrosPerRequest);
  }

  double residentMebibytes() {
    return median(round -> round.usage().residentBytes()) / (1024 * 1024);
  }

  double noise() {
    return median(Round::noise);
  }

  long errors() {
    return rounds.stream().mapToLong(round -> round.load().errors()).sum();
  }

  /** Whether the figures say anything: every request of every round did what was asked. */
  boolean sound() {
    return rounds.stream().allMatch(Round::sound);
  }

  /** Answers with an error's status, in all rounds. */
  long refused() {
    return rounds.stream().mapToLong(round -> round.load().refused()).sum();
  }

  /** Answers in the round that had the fewest. */
  long leastAnswered() {
    return rounds.stream().mapToLong(round -> round.load().answered()).min().orElse(0);
  }

  private double median(ToDoubleFunction<Round> figure) {
    return Median.ofSorted(rounds.stream().mapToDouble(figure).sorted().toArray());
  }
}
