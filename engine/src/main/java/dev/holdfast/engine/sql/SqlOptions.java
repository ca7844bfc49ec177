// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.engine.sql.page.ScratchLimits;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where SQL databases are, and how large. Immutable.
 *
 * @param scratch the folder of scratch files, a cache that may be lost at any time; no other node
 *     may use it. Null for a temporary one
 * @param limits on each database
 * @param openBytes of memory that open databases may take together, as estimated; beyond it those
 *     are closed that no turn uses
 * @param scratchLimits what is kept of files that are closed
 */
public record SqlOptions(
    @Nullable Path scratch, SqlLimits limits, long openBytes, ScratchLimits scratchLimits) {
  /** A temporary folder, a quarter of what the heap may grow to, and the default limits. */
  public static final SqlOptions DEFAULT =
      new SqlOptions(
          null, SqlLimits.DEFAULT, Runtime.getRuntime().maxMemory() / 4, ScratchLimits.DEFAULT);

  public SqlOptions withScratch(Path newScratch) {
    return new SqlOptions(newScratch, limits, openBytes, scratchLimits);
  }

  public SqlOptions withLimits(SqlLimits newLimits) {
    return new SqlOptions(scratch, newLimits, openBytes, scratchLimits);
  }

  public SqlOptions withOpenBytes(long newOpenBytes) {
    return new SqlOptions(scratch, limits, newOpenBytes, scratchLimits);
  }

  public SqlOptions withScratchLimits(ScratchLimits newScratchLimits) {
    return new SqlOptions(scratch, limits, openBytes, newScratchLimits);
  }
}
