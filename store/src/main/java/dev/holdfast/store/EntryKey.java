// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The key of one entry: its kind, then bytes of that kind's choosing. Ordered by kind, then by the
 * bytes, unsigned. Immutable.
 */
public final class EntryKey implements Comparable<EntryKey> {
  /** The kind's code, then the key's own bytes. */
  private final byte[] bytes;

  private EntryKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A key of that kind with those bytes. */
  public static EntryKey of(EntryKind kind, byte[] key) {
    byte[] bytes = new byte[key.length + 1];
    bytes[0] = kind.code();
    System.arraycopy(key, 0, bytes, 1, key.length);
    return new EntryKey(bytes);
  }

  /** The key of a user's value: {@code key} in UTF-8. */
  public static EntryKey user(String key) {
    return of(EntryKind.USER, key.getBytes(StandardCharsets.UTF_8));
  }

  /** A key from {@link #bytes()}, not copied: do not change them afterwards. */
  public static EntryKey ofBytes(byte[] bytes) {
    if (bytes.length == 0) {
      throw new IllegalArgumentException("an entry key has at least its kind's byte");
    }
    return new EntryKey(bytes);
  }

  /** The smallest key of that kind. */
  public static EntryKey first(EntryKind kind) {
    return new EntryKey(new byte[] {kind.code()});
  }

  /** The smallest key that is beyond every key of that kind. */
  public static EntryKey end(EntryKind kind) {
    return new EntryKey(new byte[] {(byte) (kind.code() + 1)});
  }

  /** What its entry holds. */
  public EntryKind kind() {
    return EntryKind.ofCode(bytes[0]);
  }

  /** The smallest key after this one. */
  public EntryKey successor() {
    return new EntryKey(Arrays.copyOf(bytes, bytes.length + 1));
  }

  /** The kind's code and the key's own bytes, not a copy: do not change them. */
  public byte[] bytes() {
    return bytes;
  }

  /** How many bytes the key has, the kind's one included. */
  public int length() {
    return bytes.length;
  }

  /** The key's own bytes as UTF-8 text, as {@link #user} was given it. */
  public String text() {
    return new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8);
  }

  @Override
  public int compareTo(EntryKey other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EntryKey that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return bytes[0] == EntryKind.USER.code() ? text() : HexFormat.of().formatHex(bytes);
  }
}
