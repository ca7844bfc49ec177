// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.wrk;

import java.time.Duration;

/**
 * What one run of the load generator saw.
 *
 * @param responses all that came back whole
 * @param refused those of them with a status above 399
 * @param failures connections, reads and writes that failed, and answers slower than two seconds
 * @param generatorCpu processor time of the load generator
 */
public record Load(
    long responses,
    Duration duration,
    Duration p50,
    Duration p99,
    long refused,
    long failures,
    Duration generatorCpu) {

  /** Answers that did what was asked, per second. */
  public double perSecond() {
    return answered() * 1e9 / duration.toNanos();
  }

  public long errors() {
    return refused + failures;
  }

  public long answered() {
    return responses - refused;
  }
}
