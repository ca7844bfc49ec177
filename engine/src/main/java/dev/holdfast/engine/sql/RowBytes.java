// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import org.jspecify.annotations.Nullable;

/** About how much memory rows take. */
final class RowBytes {
  private static final int VALUE_BYTES = 16;

  private RowBytes() {}

  static long of(@Nullable Object[] row) {
    long bytes = VALUE_BYTES;
    for (Object value : row) {
      bytes += VALUE_BYTES;
      if (value instanceof String text) {
        bytes += text.length();
      } else if (value instanceof byte[] blob) {
        bytes += blob.length;
      }
    }
    return bytes;
  }
}
