// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Body;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A stream that comes from outside the object: waiting for it lets other events in. */
final class OutsideInputStream extends InputStream {
  private final Activation activation;
  private final Body body;
  private @Nullable InputStream stream;

  OutsideInputStream(Activation activation, Body body) {
    this.activation = activation;
    this.body = body;
  }

  private InputStream stream() {
    InputStream opened = stream;
    if (opened == null) {
      opened = body.stream();
      stream = opened;
    }
    return opened;
  }

  @Override
  public int read() throws IOException {
    return outside(() -> stream().read());
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    return outside(() -> stream().read(target, offset, length));
  }

  private int outside(Callable<Integer> read) throws IOException {
    try {
      return activation.outside(activation.runningEvent(), "reading a request body", read);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    stream().close();
  }
}
