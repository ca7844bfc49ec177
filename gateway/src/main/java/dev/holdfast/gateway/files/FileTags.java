// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The strong entity tags of files. Thread-safe.
 *
 * <p>A tag is a hash of the content, so it is the same on every node and after every copy of the
 * app. It is kept for as long as the file looks the same from outside; but not while the file is so
 * new that it may change again and look the same. A file of more than 16 MiB is not read for its
 * tag, which is made of its length and the time of its last change; so its copies have other tags.
 */
final class FileTags {
  private static final long HASHED_BYTES = 16L << 20;
  private static final int PIECE_BYTES = 64 << 10;
  private static final int TAG_BYTES = 16;

  /** File systems note the time of a change in steps of 10 ms or less, some of 2 s. */
  private static final Duration NEW = Duration.ofSeconds(3);

  /** Beyond that many, all tags are forgotten and made again when they are needed. */
  private static final int KEPT = 10_000;

  private final InstantSource clock;
  private final ConcurrentHashMap<Path, Known> known = new ConcurrentHashMap<>();

  private record Known(FileVersion version, String tag) {}

  FileTags(InstantSource clock) {
    this.clock = clock;
  }

  /** The tag of a file, quotes included; null if the file is not that version any more. */
  @Nullable String of(FileVersion file) throws IOException {
    if (!isHash(file)) {
      Instant at = file.changed();
      return "\"%x-%x%08x\"".formatted(file.bytes(), at.getEpochSecond(), at.getNano());
    }
    Known entry = known.get(file.path());
    if (entry != null && entry.version.equals(file)) {
      return entry.tag;
    }
    boolean old = file.changed().isBefore(clock.instant().minus(NEW));
    String tag = hash(file);
    if (tag != null && old) {
      if (known.size() >= KEPT) {
        known.clear();
      }
      known.put(file.path(), new Known(file, tag));
    }
    return tag;
  }

  /** Whether the tag of a version is a hash of its content. */
  static boolean isHash(FileVersion file) {
    return file.bytes() <= HASHED_BYTES;
  }

  private static @Nullable String hash(FileVersion file) throws IOException {
    FileBody body = FileBody.open(file, null, ByteRange.whole(file.bytes()));
    if (body == null) {
      return null;
    }
    try (InputStream in = body.stream()) {
      return hash(in, file.bytes());
    }
  }

  /** The tag that a file of that length has by its content as it is now; null if it is shorter. */
  static @Nullable String hash(FileChannel file, long bytes) throws IOException {
    // Not closed: the channel is whoever opened it's.
    return hash(Channels.newInputStream(file.position(0)), bytes);
  }

  private static @Nullable String hash(InputStream in, long bytes) throws IOException {
    MessageDigest digest = sha256();
    long left = bytes;
    byte[] piece = new byte[Math.clamp(bytes, 1, PIECE_BYTES)];
    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
      digest.update(piece, 0, n);
      left -= n;
    }
    byte[] hash = Arrays.copyOf(digest.digest(), TAG_BYTES);
    return left == 0 ? "\"" + HexFormat.of().formatHex(hash) + "\"" : null;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
