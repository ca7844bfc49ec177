// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

/** Says on the terminal how far a benchmark is, beside the table that goes to the output. */
record Progress(String benchmark) {
  void show(String what) {
    System.err.println(benchmark + ": " + what);
  }
}
