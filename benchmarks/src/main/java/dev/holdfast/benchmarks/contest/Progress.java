// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

/** Says on the terminal how far a benchmark is, beside the table that goes to the output. */
public record Progress(String benchmark) {
  public void show(String what) {
    System.err.println(benchmark + ": " + what);
  }
}
