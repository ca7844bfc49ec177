// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * Ids of one namespace that were lately made from a name or found to be genuine: looking here costs
 * some ten nanoseconds, the two hashes of an id over a thousand.
 *
 * <p>Bounded: an id displaces the one whose hash leads to the same slot. Thread-safe without any
 * ordering, since ids are immutable: whoever does not see the latest one merely computes it again.
 */
final class RecentIds {
  private static final int SLOTS = 4_096;

  /** Ids with longer names are not kept, so that what is kept is bounded in bytes too. */
  private static final int MAX_NAME_LENGTH = 128;

  private final @Nullable ObjectId[] byName = new @Nullable ObjectId[SLOTS];
  private final @Nullable ObjectId[] genuine = new @Nullable ObjectId[SLOTS];

  /** The id of that name; null if it is not known here. */
  @Nullable ObjectId ofName(String name) {
    ObjectId id = byName[slot(name.hashCode())];
    return id != null && name.equals(id.name().orElse(null)) ? id : null;
  }

  /** Whether exactly that id, its name included, is known to be genuine. */
  boolean isGenuine(ObjectId id) {
    ObjectId known = genuine[slot(id.hashCode())];
    return known != null && known.equals(id) && known.name().equals(id.name());
  }

  /** Remembers a genuine id. */
  void add(ObjectId id) {
    String name = id.name().orElse("");
    if (name.length() > MAX_NAME_LENGTH) {
      return;
    }
    genuine[slot(id.hashCode())] = id;
    if (id.name().isPresent()) {
      byName[slot(name.hashCode())] = id;
    }
  }

  private static int slot(int hash) {
    return (hash ^ (hash >>> 16)) & (SLOTS - 1);
  }
}
