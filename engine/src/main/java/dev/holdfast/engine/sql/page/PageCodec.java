// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * Makes pages smaller: a byte that says how, then the page. Thread-safe.
 *
 * <p>What zstd works with is kept from one page to the next, and there is as much of it as there
 * were pages made at once.
 */
public final class PageCodec {
  private static final byte PLAIN = 0;
  private static final byte ZSTD = 1;
  private static final int LEVEL = 1;

  private final ConcurrentLinkedQueue<Packer> packers = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<ZstdDecompressCtx> unpackers = new ConcurrentLinkedQueue<>();

  private static final class Packer {
    final ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(LEVEL).setChecksum(false);
    byte[] buffer = {};
  }

  /** The page, packed. */
  public byte[] pack(byte[] page) {
    Packer packer = take(packers, Packer::new);
    try {
      int bound = (int) Zstd.compressBound(page.length) + 1;
      if (packer.buffer.length < bound) {
        packer.buffer = new byte[bound];
      }
      byte[] buffer = packer.buffer;
      int length =
          packer.zstd.compressByteArray(buffer, 1, buffer.length - 1, page, 0, page.length);
      if (length < page.length) {
        buffer[0] = ZSTD;
        return Arrays.copyOf(buffer, length + 1);
      }
      byte[] plain = new byte[page.length + 1];
      plain[0] = PLAIN;
      System.arraycopy(page, 0, plain, 1, page.length);
      return plain;
    } finally {
      packers.add(packer);
    }
  }

  /**
   * Unpacks a page.
   *
   * @throws IllegalArgumentException if it is no packed page of that size
   */
  public void unpack(byte[] packed, byte[] page) {
    int length = -1;
    if (packed.length > 0 && packed[0] == PLAIN) {
      length = packed.length - 1;
      System.arraycopy(packed, 1, page, 0, Math.min(length, page.length));
    } else if (packed.length > 0 && packed[0] == ZSTD) {
      ZstdDecompressCtx unpacker = take(unpackers, ZstdDecompressCtx::new);
      try {
        length = unpacker.decompressByteArray(page, 0, page.length, packed, 1, packed.length - 1);
      } catch (ZstdException e) {
        throw new IllegalArgumentException("a page that cannot be unpacked: " + e.getMessage(), e);
      } finally {
        unpackers.add(unpacker);
      }
    }
    if (length != page.length) {
      throw new IllegalArgumentException(
          "expected a packed page of %d bytes, found %d".formatted(page.length, length));
    }
  }

  private static <T> T take(ConcurrentLinkedQueue<T> from, Supplier<T> orNew) {
    T kept = from.poll();
    return kept == null ? orNew.get() : kept;
  }
}
