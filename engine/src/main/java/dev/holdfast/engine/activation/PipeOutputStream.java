// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.StorageException;
import dev.holdfast.engine.gate.Output;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * The writing end of a response body, for the object's thread: each chunk waits at the output gate;
 * while the reader is behind, others are let in.
 */
final class PipeOutputStream extends OutputStream {
  private final Activation activation;
  private final CallEvent event;
  private final BodyPipe pipe;

  PipeOutputStream(Activation activation, CallEvent event, BodyPipe pipe) {
    this.activation = activation;
    this.event = event;
    this.pipe = pipe;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    if (length == 0) {
      return;
    }
    if (pipe.abandoned()) {
      throw new IOException(activation.object() + ": the reader of this response has gone away");
    }
    byte[] chunk = Arrays.copyOfRange(source, offset, offset + length);
    activation.sealAndRelease(event, output(() -> pipe.add(chunk)));
    if (pipe.full()) {
      activation.suspend(
          event,
          "writing a response body",
          () -> pipe.whenRoom(() -> activation.gate().resume(event)));
    }
  }

  /** Ends the body. Not the same as closing, which also happens after a failure. */
  void finish() {
    activation.sealAndRelease(event, output(pipe::end));
  }

  private Output output(Runnable action) {
    return new Output() {
      @Override
      public void leave() {
        action.run();
      }

      @Override
      public void drop(StorageException failure) {
        pipe.fail(new IOException(failure.getMessage(), failure));
      }
    };
  }
}
