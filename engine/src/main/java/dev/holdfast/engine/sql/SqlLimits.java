// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

/**
 * The limits on SQL databases.
 *
 * @param databaseBytes of one object's database
 * @param textBytes of the text of SQL that is run at once
 * @param likeBytes of a pattern of LIKE or GLOB, which take time by pattern times text
 * @param parameters of one statement
 * @param openDatabases how many databases of a node may be open at once, those that are being
 *     opened or closed included; a turn that uses one of them, and another of the past, has that
 *     beyond, and a turn that does not end with its activation all of its own
 */
public record SqlLimits(
    long databaseBytes, int textBytes, int likeBytes, int parameters, int openDatabases) {
  /**
   * 1 GiB, 1 MiB, 4 KiB, 32,766 as is SQLite's own default, and as many open databases as take
   * three eighths of the files that the process may have open, between 100 and 4,000.
   */
  public static final SqlLimits DEFAULT =
      new SqlLimits(1L << 30, 1 << 20, 4 << 10, 32_766, Descriptors.databases());
}
