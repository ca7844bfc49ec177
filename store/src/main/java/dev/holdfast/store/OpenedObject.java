// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An object as it was found when it was opened.
 *
 * @param opening the permission to commit to it
 * @param seq the number of its last commit; 0 if it has none, that is, does not exist
 * @param generation the generation of that commit; if it has none, one that no commit of an earlier
 *     object with this id has reached: {@link Generation#NONE}, unless objects were deleted
 * @param name the name that was kept with its first commit, null if none; if it does not exist, the
 *     name it was opened with
 * @param bytes how many bytes of keys and values its entries have, all kinds included
 * @param alarm its alarm time
 * @param entries its entries in key order if it is small, else none; small is at most {@link
 *     #MAX_WHOLE_ENTRIES} entries that have at most {@link #MAX_WHOLE_BYTES} bytes in all
 * @param whole whether {@code entries} is all there is; true also for an object that has none
 */
public record OpenedObject(
    Opening opening,
    long seq,
    Generation generation,
    @Nullable String name,
    long bytes,
    AlarmTime alarm,
    List<Entry> entries,
    boolean whole) {
  /** The most entries that are read with an object when it is opened. */
  public static final int MAX_WHOLE_ENTRIES = 128;

  /** The most bytes of keys and values that are read with an object when it is opened. */
  public static final long MAX_WHOLE_BYTES = 64 << 10;

  public OpenedObject {
    Objects.requireNonNull(opening, "opening");
    Objects.requireNonNull(alarm, "alarm");
    entries = List.copyOf(entries);
  }
}
