// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.engine;

/** The counter of the examples, and a way to call it from another object. */
public interface Counter {
  long increment(long by);

  long value();

  /** Reads another counter so many times, one call after the other; returns the sum. */
  long readOther(String name, int times);
}
