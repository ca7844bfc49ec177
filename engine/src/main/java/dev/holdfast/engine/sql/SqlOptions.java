// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where SQL databases are, and how large. Immutable.
 *
 * @param scratch the folder of scratch files, a cache that may be lost at any time; no other node
 *     may use it. Null for a temporary one
 * @param limits on each database
 */
public record SqlOptions(@Nullable Path scratch, SqlLimits limits) {
  /** A temporary folder and the default limits. */
  public static final SqlOptions DEFAULT = new SqlOptions(null, SqlLimits.DEFAULT);

  public SqlOptions withScratch(Path newScratch) {
    return new SqlOptions(newScratch, limits);
  }

  public SqlOptions withLimits(SqlLimits newLimits) {
    return new SqlOptions(scratch, newLimits);
  }
}
