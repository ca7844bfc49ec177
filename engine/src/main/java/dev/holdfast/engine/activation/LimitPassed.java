// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

/** A limit of the platform that object code passed. */
final class LimitPassed extends Exception {
  private static final long serialVersionUID = 1L;

  LimitPassed(String message) {
    super(message);
  }
}
