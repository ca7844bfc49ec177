// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Copies files and tells their checksums: SHA-256, in hex digits. A copy is on disk when it is told
 * of. For one thread.
 */
final class CheckedCopy {
  private static final int BUFFER_BYTES = 1 << 20;

  /** Synced this often, so that a node's own syncs beside it never wait for more than that. */
  private static final int SYNC_BYTES = 8 << 20;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final Runnable pulse;

  /**
   * Begins to copy.
   *
   * @param pulse called every few megabytes; may end it by throwing
   */
  CheckedCopy(Runnable pulse) {
    this.pulse = pulse;
  }

  /** Copies a file to a new one, making its folder if need be; tells the checksum. */
  String copy(Path from, Path to) throws IOException {
    MessageDigest digest = sha256();
    Files.createDirectories(Objects.requireNonNull(to.getParent()));
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long unsynced = 0;
      pulse.run();
      while (in.read(buffer.clear()) >= 0) {
        digest.update(buffer.flip());
        buffer.rewind();
        while (buffer.hasRemaining()) {
          unsynced += out.write(buffer);
        }
        if (unsynced >= SYNC_BYTES) {
          out.force(false);
          unsynced = 0;
          pulse.run();
        }
      }
      out.force(true);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The checksum of a file. */
  static String checksum(Path file) throws IOException {
    MessageDigest digest = sha256();
    ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES);
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      while (in.read(bytes.clear()) >= 0) {
        digest.update(bytes.flip());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The checksum of some bytes. */
  static String checksum(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
