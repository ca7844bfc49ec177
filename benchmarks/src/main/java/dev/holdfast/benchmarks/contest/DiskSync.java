// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * How fast the disk is, which bounds every durable write: appends of 4 KiB, each followed by
 * fdatasync, one after the other.
 */
public record DiskSync(double perSecond, double p50Millis, double p99Millis) {
  private static final int SAMPLES = 1_000;
  private static final int BYTES = 4_096;

  public static DiskSync measure(Path folder) throws IOException {
    String kind = Files.getFileStore(folder).type();
    if (kind.equals("tmpfs") || kind.equals("ramfs")) {
      throw new IOException(
          "%s is in memory (%s), where a sync costs nothing; name a folder on a disk with --data"
              .formatted(folder, kind));
    }
    long[] nanos = new long[SAMPLES];
    Path file = Files.createTempFile(folder, "sync-", ".bin");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocateDirect(BYTES);
      for (int i = 0; i < SAMPLES; i++) {
        long start = System.nanoTime();
        channel.write(block.clear());
        channel.force(false);
        nanos[i] = System.nanoTime() - start;
      }
    } finally {
      Files.delete(file);
    }
    Arrays.sort(nanos);
    return new DiskSync(
        SAMPLES * 1e9 / Arrays.stream(nanos).sum(),
        nanos[SAMPLES / 2] / 1e6,
        nanos[SAMPLES * 99 / 100] / 1e6);
  }
}
