// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.inspect;

/** What was asked for is not there; the message says what is. */
public final class NotFoundException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotFoundException(String message) {
    super(message);
  }
}
