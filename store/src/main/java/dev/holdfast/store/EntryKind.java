// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

/** What an entry of an object's map holds; entries of one kind lie together, in this order. */
public enum EntryKind {
  /** A value under a key of the user's. */
  USER((byte) 1),
  /** A page of the object's SQL database. */
  PAGE((byte) 2),
  /** A named alarm with its payload. */
  ALARM((byte) 3),
  /** What the engine keeps about the object. */
  META((byte) 4);

  private final byte code;

  EntryKind(byte code) {
    this.code = code;
  }

  /**
   * The kind that a byte stands for.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static EntryKind ofCode(byte code) {
    for (EntryKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no kind of entry has the code " + code);
  }

  /** The byte that stands for the kind on disk. */
  public byte code() {
    return code;
  }
}
