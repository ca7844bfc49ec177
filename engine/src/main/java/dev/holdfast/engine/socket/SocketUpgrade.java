// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.socket;

import dev.holdfast.Body;
import java.io.InputStream;
import java.util.OptionalLong;

/**
 * In place of a body, in the response that accepts a socket: it passes through the worker as it is,
 * and tells who has the client's connection which socket to open. Immutable.
 */
public final class SocketUpgrade implements Body {
  private final Socket socket;

  /** The way to open that socket. */
  public SocketUpgrade(Socket socket) {
    this.socket = socket;
  }

  /** What to open. */
  public Socket socket() {
    return socket;
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(0);
  }

  @Override
  public InputStream stream() {
    return InputStream.nullInputStream();
  }

  @Override
  public String toString() {
    return "opens " + socket;
  }
}
