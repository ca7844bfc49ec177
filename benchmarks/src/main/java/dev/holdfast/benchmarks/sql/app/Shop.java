// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql.app;

/** A shop with 1,000 items, each with a number that grows. */
public interface Shop {
  /** How many items each shop has; their ids are 1 to that. */
  int ITEMS = 1_000;

  /** Adds one to the number of an item; returns how many items that has changed. */
  long update(long item);

  /** The number of an item. */
  long read(long item);

  /** The sum of all numbers. */
  long total();
}
