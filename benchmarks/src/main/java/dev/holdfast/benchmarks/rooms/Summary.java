// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import dev.holdfast.benchmarks.contest.Rounds;

/** All rounds of one server with one scene and load: medians. */
record Summary(Rounds<Round> rounds) {

  double perSecond() {
    return rounds.median(round -> round.deliveries().perSecond());
  }

  double p50Millis() {
    return rounds.median(round -> round.deliveries().p50().toNanos() / 1e6);
  }

  double p99Millis() {
    return rounds.median(round -> round.deliveries().p99().toNanos() / 1e6);
  }

  double cpuMicrosPerDelivery() {
    return rounds.median(Round::cpuMicrosPerDelivery);
  }

  double clientsMicrosPerDelivery() {
    return rounds.median(Round::clientsMicrosPerDelivery);
  }

  double residentMebibytes() {
    return rounds.median(round -> round.usage().residentMebibytes());
  }

  double noise() {
    return rounds.noise();
  }
}
