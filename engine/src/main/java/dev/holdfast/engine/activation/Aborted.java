// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

/** Object code asked to be reset. */
final class Aborted extends Exception {
  private static final long serialVersionUID = 1L;

  Aborted(String reason) {
    super(reason, null, false, false);
  }
}
