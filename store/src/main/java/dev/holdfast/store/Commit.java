// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one turn of one object, applied all or nothing; or the object's {@linkplain #delete
 * deletion}. Immutable; the lists are not copied: do not change them.
 *
 * @param opening through which opening of the object it was made; carries the object and the epoch
 * @param seq its number: one more than the object's commit before it, from 1
 * @param generation to which generation it belongs; never before that of the commit before it
 * @param clear whether every entry but those of the kind {@link EntryKind#META} is removed before
 *     {@code changes} are applied
 * @param changes its puts and deletes, at most one for a key
 * @param alarm the object's new alarm time; null if it stays, whether cleared or not
 * @param pins which generations of the object it pins
 * @param delete whether the object, its past included, ceases to exist. Then there is nothing else
 *     to it
 */
public record Commit(
    Opening opening,
    long seq,
    Generation generation,
    boolean clear,
    List<Change> changes,
    @Nullable AlarmTime alarm,
    List<Pin> pins,
    boolean delete) {
  public Commit {
    Objects.requireNonNull(opening, "opening");
    Objects.requireNonNull(generation, "generation");
    if (seq < 1) {
      throw new IllegalArgumentException("commits are numbered from 1, got " + seq);
    }
    if (delete && (clear || !changes.isEmpty() || alarm != null || !pins.isEmpty())) {
      throw new IllegalArgumentException("a commit that deletes its object does nothing else");
    }
    for (Pin pin : pins) {
      if (pin.generation().compareTo(generation) > 0) {
        throw new IllegalArgumentException(
            "a commit of generation %s cannot pin generation %s, which comes later"
                .formatted(generation, pin.generation()));
      }
    }
  }

  /** A commit that does not delete its object. */
  public Commit(
      Opening opening,
      long seq,
      Generation generation,
      boolean clear,
      List<Change> changes,
      @Nullable AlarmTime alarm,
      List<Pin> pins) {
    this(opening, seq, generation, clear, changes, alarm, pins, false);
  }

  /** A commit of changes alone. */
  public static Commit of(Opening opening, long seq, Generation generation, List<Change> changes) {
    return new Commit(opening, seq, generation, false, changes, null, List.of());
  }

  /**
   * The last commit of an object, which ceases to exist by it: nothing of it remains, neither
   * entries of any kind nor its past, pins, alarm time, or place in the directory. Deleting what
   * does not exist does nothing. Either way the opening is void afterwards.
   *
   * <p>Another object may begin under the same id. It has nothing to do with this one: it begins
   * with seq 1, and in a later generation than any that this one had.
   */
  public static Commit delete(Opening opening, long seq, Generation generation) {
    return new Commit(opening, seq, generation, false, List.of(), null, List.of(), true);
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
