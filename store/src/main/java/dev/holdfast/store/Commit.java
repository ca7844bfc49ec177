// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one turn of one object, applied all or nothing. Immutable; the lists are not
 * copied: do not change them.
 *
 * @param opening through which opening of the object it was made; carries the object and the epoch
 * @param seq its number: one more than the object's commit before it, from 1
 * @param generation to which generation it belongs; never before that of the commit before it
 * @param clear whether every entry but those of the kind {@link EntryKind#META} is removed before
 *     {@code changes} are applied
 * @param changes its puts and deletes, at most one for a key
 * @param alarm the object's new alarm time; null if it stays, whether cleared or not
 * @param pins which generations of the object it pins
 */
public record Commit(
    Opening opening,
    long seq,
    Generation generation,
    boolean clear,
    List<Change> changes,
    @Nullable AlarmTime alarm,
    List<Pin> pins) {
  public Commit {
    Objects.requireNonNull(opening, "opening");
    Objects.requireNonNull(generation, "generation");
    if (seq < 1) {
      throw new IllegalArgumentException("commits are numbered from 1, got " + seq);
    }
  }

  /** A commit of changes alone. */
  public static Commit of(Opening opening, long seq, Generation generation, List<Change> changes) {
    return new Commit(opening, seq, generation, false, changes, null, List.of());
  }

  /** The object. */
  public ObjectRef object() {
    return opening.object();
  }

  /** How many bytes the commit weighs against limits. */
  public long weight() {
    long weight = 64;
    for (Change change : changes) {
      weight += change.weight();
    }
    return weight;
  }
}
