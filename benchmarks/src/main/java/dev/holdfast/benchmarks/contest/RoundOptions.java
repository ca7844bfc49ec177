// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import java.time.Duration;
import picocli.CommandLine.Option;

/** Options of a contest in which servers are driven in rounds. Filled by the command line. */
public final class RoundOptions {
  private static final int QUICK_SECONDS = 2;

  @Option(names = "--quick", description = "one round of two seconds, a short warm-up")
  private boolean quick;

  @Option(names = "--seconds", defaultValue = "4", description = "of a round (${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "of each server on each row, taking turns; medians count (${DEFAULT-VALUE})")
  private int rounds;

  @Option(
      names = "--noise",
      defaultValue = "0.1",
      description =
          "a round in which other programs used more than this share of the processors is run"
              + " again, up to three times (${DEFAULT-VALUE})")
  private double noise;

  public Turns turns() {
    return new Turns(quick ? 1 : rounds, noise);
  }

  /** Of a round. */
  public Duration length() {
    return Duration.ofSeconds(quick ? QUICK_SECONDS : seconds);
  }

  /** Of driving a server with one kind of work before anything is measured. */
  public Duration warmUp() {
    return Duration.ofSeconds(quick ? 3 : 10);
  }

  /** What the figures in a table are, for the line above it. */
  public String describe() {
    return "%d rounds of %d s of each server on each row, taking turns; each figure is the median of its rounds"
        .formatted(turns().rounds(), length().toSeconds());
  }
}
