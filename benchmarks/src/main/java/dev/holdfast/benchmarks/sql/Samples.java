// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql;

import java.util.Arrays;
import java.util.Locale;

/** The same measured several times: at least once. Immutable. */
final class Samples {
  private final double[] sorted;

  private Samples(double[] sorted) {
    this.sorted = sorted;
  }

  static Samples of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("what was never measured has no figures");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Samples(sorted);
  }

  /** Something that is measured. */
  interface Measurement {
    /** What one run of it says. */
    double run(int number) throws Exception;
  }

  static Samples take(int times, Measurement measurement) throws Exception {
    double[] values = new double[times];
    for (int i = 0; i < times; i++) {
      values[i] = measurement.run(i);
    }
    return of(values);
  }

  /** The figure in the middle; between the two in the middle if their number is even. */
  double median() {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  double least() {
    return sorted[0];
  }

  double most() {
    return sorted[sorted.length - 1];
  }

  /** Whether the median is within a budget, as a table says it. */
  String atMost(double budget, String unit) {
    return String.format(
        Locale.ROOT, "≤ %,.0f %s: %s", budget, unit, median() <= budget ? "met" : "missed");
  }
}
