// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import org.jspecify.annotations.Nullable;

/**
 * SQLite refused a statement, which has had no effect. The object lives, and so does what its turn
 * wrote before.
 */
public final class SqlException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;

  /**
   * @param code SQLite's name for the kind of error: {@code SQLITE_CONSTRAINT_UNIQUE}
   */
  public SqlException(String message, String code, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** SQLite's name for the kind of error: {@code SQLITE_CONSTRAINT_UNIQUE}. */
  public String code() {
    return code;
  }
}
