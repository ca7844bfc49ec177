// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

/** What objects of tests are asked to do. */
public interface Vault {
  /** Stores one value of every kind, and rows. */
  void fill();

  /** Stores a number, and adds a row with it, in one turn. */
  void add(long number);

  /** What {@link #add} has stored, and the rows, which must be the same. */
  String state();

  /** A bookmark of the present. */
  String mark();

  /** How many instances there were of this object. */
  int instances();
}
