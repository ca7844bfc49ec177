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
 * @param generation the generation of that commit; {@link Generation#NONE} if it has none
 * @param name the name it was first opened with; null if none
 * @param alarm its alarm time
 * @param entries its entries in key order if it is small, else none
 * @param whole whether {@code entries} is all there is
 */
public record OpenedObject(
    Opening opening,
    long seq,
    Generation generation,
    @Nullable String name,
    AlarmTime alarm,
    List<Entry> entries,
    boolean whole) {
  public OpenedObject {
    Objects.requireNonNull(opening, "opening");
    Objects.requireNonNull(alarm, "alarm");
    entries = List.copyOf(entries);
  }
}
