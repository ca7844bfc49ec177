// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.wrk;

import dev.holdfast.benchmarks.contest.Contender;

/**
 * The writes sent to one server, to be held against its data: each adds one to something. Those
 * that were answered must be there once; those without an answer, cut off when the load generator
 * stopped, may be there. Not thread-safe.
 */
public final class Ledger {
  private long answered;
  private long cutOff;

  /** All of these requests were writes. */
  public void add(Requests requests, Load load) {
    answered += load.answered();
    cutOff += requests.connections() + load.errors();
  }

  /**
   * Fails if the data does not hold what was answered.
   *
   * @param sum what everything adds up to
   * @param when for the message
   */
  public void check(long sum, String when, Contender contender) {
    if (sum < answered || sum > answered + cutOff) {
      throw new IllegalStateException(
          "What is %s %s adds up to %,d, but %,d writes were answered and at most %,d more sent"
              .formatted(when, contender.label, sum, answered, cutOff));
    }
  }
}
