// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

/** The middle of some figures. */
public final class Median {
  private Median() {}

  /** Of figures in ascending order, at least one; between the two in the middle if it is even. */
  public static double ofSorted(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
