// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

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
    return median(Round::residentBytes) / (1024 * 1024);
  }

  double noise() {
    return median(Round::noise);
  }

  long errors() {
    return rounds.stream().mapToLong(round -> round.load().errors()).sum();
  }

  private double median(ToDoubleFunction<Round> figure) {
    double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
