// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import java.time.Duration;

/**
 * What a server took from the machine while it was driven.
 *
 * @param serverCpu processor time that the server used
 * @param residentBytes memory that the server held at the end
 * @param noise share of all processor time that neither the server nor the load generator used
 */
public record Usage(Duration serverCpu, long residentBytes, double noise) {

  public double residentMebibytes() {
    return residentBytes / (double) (1 << 20);
  }
}
