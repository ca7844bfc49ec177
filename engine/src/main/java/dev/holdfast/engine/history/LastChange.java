// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.engine.state.DamagedRecord;
import dev.holdfast.engine.state.SealedTurn;
import dev.holdfast.store.Change;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.View;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Which commit of an object was the last to change more than what is kept about it. A commit that
 * hands out a bookmark and does nothing else notes it, so that who opens the object next hands out
 * the same bookmark.
 */
public final class LastChange {
  private LastChange() {}

  /** Whether a turn changes more than what is kept about the object. */
  public static boolean isIn(SealedTurn turn) {
    return turn.clear()
        || turn.changes().stream().anyMatch(change -> change.key().kind() != EntryKind.META);
  }

  /** The changes of a commit that is no such change, and what it notes. */
  public static List<Change> noted(List<Change> changes, long seq, Generation last) {
    List<Change> all = new ArrayList<>(changes);
    byte[] note = ByteBuffer.allocate(2 * Long.BYTES).putLong(seq).putLong(last.packed()).array();
    all.add(new Change(MetaKeys.UNCHANGED, note));
    return all;
  }

  /**
   * The generation of the last change before the object was opened; none if there was no commit.
   *
   * @param seq of its last commit then
   * @param generation of that commit
   * @throws dev.holdfast.StorageException if the store cannot be read
   */
  public static Generation before(
      ObjectStore store, ObjectRef object, long seq, Generation generation) {
    if (seq == 0) {
      return Generation.NONE;
    }
    byte[] note = store.get(object, MetaKeys.UNCHANGED, View.current());
    if (note == null) {
      return generation;
    }
    try {
      if (note.length != 2 * Long.BYTES) {
        throw new IllegalArgumentException("expected 16 bytes, found " + note.length);
      }
      ByteBuffer buffer = ByteBuffer.wrap(note);
      return buffer.getLong() == seq ? new Generation(buffer.getLong()) : generation;
    } catch (IllegalArgumentException e) {
      throw DamagedRecord.failure(object, "its last change", e);
    }
  }
}
