// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import dev.holdfast.benchmarks.contest.Median;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** All rounds of one server with one scene and load: medians. */
record Summary(List<Round> rounds) {

  double perSecond() {
    return median(round -> round.deliveries().perSecond());
  }

  double p50Millis() {
    return median(round -> round.deliveries().p50().toNanos() / 1e6);
  }

  double p99Millis() {
    return median(round -> round.deliveries().p99().toNanos() / 1e6);
  }

  double cpuMicrosPerDelivery() {
    return median(Round::cpuMicrosPerDelivery);
  }

  double clientsMicrosPerDelivery() {
    return median(Round::clientsMicrosPerDelivery);
  }

  double residentMebibytes() {
    return median(round -> round.usage().residentBytes()) / (1 << 20);
  }

  double noise() {
    return median(Round::noise);
  }

  private double median(ToDoubleFunction<Round> figure) {
    return Median.ofSorted(rounds.stream().mapToDouble(figure).sorted().toArray());
  }
}
