// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import java.time.Duration;

/**
 * What the load generator saw. Everything arrived, once and in order, else there is none of this.
 *
 * @param all how many messages arrived at members
 * @param inTime how many of them until the last was sent
 * @param length from the first that was sent to the last
 * @param p50 from sending to arrival
 * @param p99 likewise
 */
record Deliveries(long all, long inTime, Duration length, Duration p50, Duration p99) {

  double perSecond() {
    return inTime * 1e9 / length.toNanos();
  }
}
