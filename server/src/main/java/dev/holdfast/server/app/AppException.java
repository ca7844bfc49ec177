// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

/**
 * The app cannot be built, or its worker cannot be made: something for its developer to mend. What
 * a compiler said has been shown already.
 */
public final class AppException extends RuntimeException {
  private static final long serialVersionUID = 1;

  AppException(String message) {
    super(message);
  }

  AppException(String message, Throwable cause) {
    super(message, cause);
  }
}
