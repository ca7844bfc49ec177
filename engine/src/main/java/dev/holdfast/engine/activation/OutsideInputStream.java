// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Body;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A stream that comes from outside the object: reading it lets others in, but for bytes that are
 * there already. Its own code runs as code outside of any object. For one thread at a time.
 */
final class OutsideInputStream extends InputStream {
  private final OutsideBody owner;
  private final Body body;
  private final String reading;
  private @Nullable InputStream opened;
  private int sinceHandOver;
  private boolean ended;

  OutsideInputStream(OutsideBody owner, Body body) {
    this.owner = owner;
    this.body = body;
    this.reading = "reading " + owner;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, to.length);
    if (length == 0) {
      return 0;
    }
    Event reader = CurrentEvent.get();
    if (reader != null) {
      reader.activation().suspensions().checkMayWait(reading);
    }
    owner.checkNotClosed();
    if (ended) {
      return -1;
    }
    int count =
        reader == null ? stream().read(to, offset, length) : inside(reader, to, offset, length);
    ended = count < 0;
    return count;
  }

  private int inside(Event reader, byte[] to, int offset, int length) throws IOException {
    InputStream before = opened;
    if (before == null) {
      reader.hold(owner);
    } else if (sinceHandOver < PipeEnd.HAND_OVER_BYTES) {
      int there = Math.min(length, foreign(before::available));
      if (there > 0) {
        int count = foreign(() -> before.read(to, offset, there));
        sinceHandOver += count;
        return count;
      }
    }
    sinceHandOver = 0;
    try {
      return reader
          .activation()
          .suspensions()
          .handOnWhile(reader, reading, () -> foreign(() -> stream().read(to, offset, length)));
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private InputStream stream() {
    InputStream stream = opened;
    if (stream == null) {
      stream = body.stream();
      opened = stream;
    }
    return stream;
  }

  /** Runs code of the stream, which is not the object's. */
  private static int foreign(Callable<Integer> code) throws IOException {
    try {
      return CurrentEvent.asCodeOutside(code);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    owner.close("its reader has closed it");
    InputStream stream = opened;
    if (stream != null) {
      int _ =
          foreign(
              () -> {
                stream.close();
                return 0;
              });
    }
  }
}
