// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.io.IOException;

/** Nobody takes the response any more: the client is gone, was cut, or has another answer. */
final class ClientLostException extends IOException {
  private static final long serialVersionUID = 1L;

  ClientLostException(String message) {
    super(message);
  }

  ClientLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
