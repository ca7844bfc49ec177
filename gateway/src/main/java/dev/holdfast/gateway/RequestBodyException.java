// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.io.IOException;

/** The body of a request cannot be read to its end, through the client's fault. */
final class RequestBodyException extends IOException {
  private static final long serialVersionUID = 1L;
  private final Refusal refusal;

  RequestBodyException(Refusal refusal) {
    super(refusal.text());
    this.refusal = refusal;
  }

  /** What the client is told if the worker does not answer otherwise. */
  Refusal refusal() {
    return refusal;
  }
}
