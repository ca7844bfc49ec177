// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import dev.holdfast.LimitExceededException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Collects what a generator flushes. Most values fit the generator's own buffer and come in one
 * piece, which is then the result. One thread only.
 */
final class ByteSink extends OutputStream {
  private static final byte[] NONE = {};

  private final int limit;
  private byte[] bytes = NONE;
  private int length;

  /**
   * @param limit how many bytes it takes before it throws {@link LimitExceededException}
   */
  ByteSink(int limit) {
    this.limit = limit;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int count) {
    if (count > limit - length) {
      throw new LimitExceededException("a value encodes to more than " + limit + " bytes");
    }
    if (length == 0) {
      bytes = Arrays.copyOfRange(source, offset, offset + count);
    } else {
      if (count > bytes.length - length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(limit, Math.max(2L * length, length + count)));
      }
      System.arraycopy(source, offset, bytes, length, count);
    }
    length += count;
  }

  byte[] toByteArray() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }
}
