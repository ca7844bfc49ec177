// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * The reading end of a pipe, for whoever reads it: an object lets others in while it waits, and the
 * pipe ends with the event that first reads it. For one thread at a time.
 */
final class PipeInputStream extends InputStream {
  private static final byte[] NOTHING = new byte[0];

  private final BodyPipe pipe;
  private final String reading;
  private byte[] piece = NOTHING;
  private int position;
  private int sinceHandOver;
  private boolean begun;

  PipeInputStream(BodyPipe pipe) {
    this.pipe = pipe;
    this.reading = "reading " + pipe;
  }

  @Override
  public int read() throws IOException {
    return fill() ? piece[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, to.length);
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, piece.length - position);
    System.arraycopy(piece, position, to, offset, count);
    position += count;
    return count;
  }

  @Override
  public int available() {
    return piece.length - position;
  }

  /** Whether there is a byte to read; waits for it. */
  private boolean fill() throws IOException {
    PipeEnd end = PipeEnd.ofCaller();
    end.checkMayWait(reading);
    begin();
    while (position == piece.length) {
      if (sinceHandOver >= PipeEnd.HAND_OVER_BYTES) {
        sinceHandOver = 0;
        end.awaitNews(pipe);
      }
      byte[] next = pipe.take();
      if (next == null) {
        return false;
      }
      piece = next;
      position = 0;
      sinceHandOver += next.length;
      if (next.length == 0) {
        sinceHandOver = 0;
        end.awaitNews(pipe);
      }
    }
    return true;
  }

  private void begin() {
    if (!begun) {
      begun = true;
      Event reader = CurrentEvent.get();
      if (reader != null) {
        reader.hold(pipe);
      }
      pipe.start();
    }
  }

  @Override
  public void close() {
    pipe.close("its reader has closed it");
  }
}
