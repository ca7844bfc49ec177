// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

/**
 * Thrown by every platform call of an activation that was discarded, to end the code that still
 * runs in it. An {@code Error}, so that handlers of ordinary exceptions let it pass.
 */
final class ActivationGone extends Error {
  private static final long serialVersionUID = 1L;

  ActivationGone(String message, Throwable cause) {
    super(message, cause, false, true);
  }
}
