// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Body;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request that a worker sends: bytes from the network, or from a stream of the
 * worker's own. Nobody can say when its next read returns, so the object hands its baton on for
 * each read that may wait. Thread-safe.
 */
final class OutsideBody implements StreamedBody {
  private final String what;
  private final Body body;
  private final AtomicBoolean opened = new AtomicBoolean();
  private volatile @Nullable String closedBecause;

  /** A body, called {@code what} in messages. */
  OutsideBody(String what, Body body) {
    this.what = what;
    this.body = body;
  }

  @Override
  public OptionalLong length() {
    return body.length();
  }

  @Override
  public InputStream stream() {
    if (opened.getAndSet(true)) {
      throw new IllegalStateException(what + " can be read once; keep what you read");
    }
    return new OutsideInputStream(this, body);
  }

  @Override
  public boolean opened() {
    return opened.get();
  }

  @Override
  public boolean over() {
    return closedBecause != null;
  }

  /** A read that is under way goes on: nothing here could end it. */
  @Override
  public void close(String why) {
    if (closedBecause == null) {
      closedBecause = why;
    }
  }

  void checkNotClosed() throws IOException {
    String why = closedBecause;
    if (why != null) {
      throw new IOException("%s was closed: %s".formatted(what, why));
    }
  }

  @Override
  public String toString() {
    return what;
  }
}
