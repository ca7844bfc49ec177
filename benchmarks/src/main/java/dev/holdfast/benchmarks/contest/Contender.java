// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import picocli.CommandLine;

/** A server that takes part. {@code benchmarks/serve} knows how each is started. */
public enum Contender {
  /** Holdfast. */
  OURS("ours"),

  /** The same work by hand with the bare libraries. */
  FLOOR("floor"),

  /** The peer: an equivalent worker on workerd. */
  WORKERD("workerd");

  public final String label;

  Contender(String label) {
    this.label = label;
  }

  /** Whether a delay can be added to each commit. */
  public boolean canDelayCommits() {
    return this != WORKERD;
  }

  /** Servers are named by their labels on the command line. */
  public static final class ByLabel implements CommandLine.ITypeConverter<Contender> {
    @Override
    public Contender convert(String label) {
      for (Contender contender : values()) {
        if (contender.label.equals(label)) {
          return contender;
        }
      }
      throw new CommandLine.TypeConversionException(
          "there is no server '%s'; take ours, floor or workerd".formatted(label));
    }
  }
}
