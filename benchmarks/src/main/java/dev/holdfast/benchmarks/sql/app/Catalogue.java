// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql.app;

/** A catalogue of products, as large as it is made. */
public interface Catalogue {
  /** Adds so many products; returns how many bytes the database takes then. */
  long add(int products);

  /** How many letters the description of a product has. */
  long descriptionLength(long product);

  /** A bookmark of now, as text. */
  String bookmark();
}
