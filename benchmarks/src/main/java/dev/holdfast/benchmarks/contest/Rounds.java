// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * All rounds of one server with one kind of work.
 *
 * @param all at least one, in the order in which they were run
 */
public record Rounds<R extends Turns.Outcome>(List<R> all) {
  public Rounds {
    if (all.isEmpty()) {
      throw new IllegalArgumentException("a server without a round has no figures");
    }
    all = List.copyOf(all);
  }

  /** The figure in the middle; between the two in the middle if the number of rounds is even. */
  public double median(ToDoubleFunction<R> figure) {
    double[] sorted = all.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  public double least(ToDoubleFunction<R> figure) {
    return all.stream().mapToDouble(figure).min().orElseThrow();
  }

  public double most(ToDoubleFunction<R> figure) {
    return all.stream().mapToDouble(figure).max().orElseThrow();
  }

  /** Whether the figures say anything: every one of the rounds is sound. */
  public boolean sound() {
    return all.stream().allMatch(Turns.Outcome::sound);
  }

  /** The median of the noise in them. */
  public double noise() {
    return median(Turns.Outcome::noise);
  }
}
