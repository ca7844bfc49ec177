// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.store.Change;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.LastCommit;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.View;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The keys that an object appends: each sorts after all that were made before. They are made of the
 * number of the turn's commit and an index within it.
 *
 * <p>A fork numbers its commits from 1, but has keys of the object that it was made from. So it
 * keeps how far that had come, and counts from there. Object thread only.
 */
public final class AppendedKeys {
  /** Where a fork keeps it. It is about the object, so neither going back nor clearing loses it. */
  private static final EntryKey BASE = EntryKey.of(EntryKind.META, new byte[] {'a'});

  private static final long UNKNOWN = -1;

  private final Turns turns;
  private final ObjectState state;
  private long base = UNKNOWN;
  private long seq;
  private int made;

  AppendedKeys(Turns turns, ObjectState state) {
    this.turns = turns;
    this.state = state;
  }

  /** The key that comes next, until it was {@linkplain #used used}. */
  String next(String prefix) {
    long coming = turns.nextSeq();
    if (coming != seq) {
      seq = coming;
      made = 0;
    }
    if (base == UNKNOWN) {
      base = decode(state.object(), state.get(BASE));
    }
    return prefix + "%012x%06x".formatted(base + seq, made);
  }

  /** An entry was stored under that key. */
  void used() {
    made++;
  }

  /**
   * What an object must keep that is to become a fork of another one; null if nothing.
   *
   * @throws dev.holdfast.StorageException if the store cannot be read, or what it has of it
   */
  public static @Nullable Change continuing(ObjectStore store, ObjectRef source) {
    LastCommit last = store.lastCommit(source);
    if (last == null) {
      return null;
    }
    long counted = decode(source, store.get(source, BASE, View.current())) + last.seq();
    return new Change(BASE, ByteBuffer.allocate(Long.BYTES).putLong(counted).array());
  }

  private static long decode(ObjectRef object, byte @Nullable [] stored) {
    if (stored == null) {
      return 0;
    }
    long counted = stored.length == Long.BYTES ? ByteBuffer.wrap(stored).getLong() : -1;
    if (counted < 0) {
      throw DamagedRecord.failure(
          object,
          "how far the keys came that it appended",
          new IllegalArgumentException(
              "expected 8 bytes that are a number, found "
                  + HexFormat.of().formatHex(stored, 0, Math.min(stored.length, 20))));
    }
    return counted;
  }
}
