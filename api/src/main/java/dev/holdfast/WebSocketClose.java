// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.Objects;

/**
 * How a socket ended. Immutable.
 *
 * @param code the code of the client's close frame, of the object's own or of the platform's; 1005
 *     if the client's had none, 1006 if the connection ended without one
 * @param reason the reason that came with it; what the platform knows if there was none
 * @param clean whether both sides had said that they close
 */
public record WebSocketClose(int code, String reason, boolean clean) {
  public WebSocketClose {
    Objects.requireNonNull(reason, "reason");
  }
}
