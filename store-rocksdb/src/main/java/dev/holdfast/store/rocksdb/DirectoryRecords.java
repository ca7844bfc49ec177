// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The values of the directory's indexes and of the alarm index. */
final class DirectoryRecords {
  private static final byte[] NOTHING = {};

  private DirectoryRecords() {}

  /** Under an id: the second of the first commit, and the name if there is one. */
  static byte[] byId(long created, @Nullable String name) {
    byte[] text = flagged(name);
    byte[] value = new byte[8 + text.length];
    Keys.putLong(value, 0, created);
    System.arraycopy(text, 0, value, 8, text.length);
    return value;
  }

  /** The name in a value under an id. */
  static @Nullable String name(byte[] byId) {
    return unflagged(byId, 8);
  }

  /** Under a name: the second of the first commit, and the id. */
  static byte[] byName(long created, ObjectId id) {
    byte[] value = new byte[8 + ObjectId.BYTES];
    Keys.putLong(value, 0, created);
    id.writeTo(value, 8);
    return value;
  }

  /** The second of the first commit, in a value under an id or a name. */
  static long created(byte[] value) {
    return Keys.longAt(value, 0);
  }

  /** Nothing for no name, else 1 and the name, which may be empty. */
  static byte[] flagged(@Nullable String name) {
    if (name == null) {
      return NOTHING;
    }
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    byte[] flagged = new byte[1 + text.length];
    flagged[0] = 1;
    System.arraycopy(text, 0, flagged, 1, text.length);
    return flagged;
  }

  /** What {@link #flagged} wrote from {@code offset} to the end. */
  static @Nullable String unflagged(byte[] value, int offset) {
    return value.length == offset
        ? null
        : new String(value, offset + 1, value.length - offset - 1, StandardCharsets.UTF_8);
  }
}
