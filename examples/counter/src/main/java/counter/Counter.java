// SPDX-License-Identifier: Apache-2.0
package counter;

/** A number that only grows: what callers of a counter see. */
public interface Counter {

  /** Adds {@code by} and returns the new value. */
  long increment(long by);

  /** The value. */
  long value();
}
