// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

/** What an exception of object code becomes for its caller. */
@FunctionalInterface
public interface Failures {
  /**
   * A copy that the caller may get: its own type where that is allowed, else a remote exception.
   */
  Throwable translate(Throwable thrown);
}
