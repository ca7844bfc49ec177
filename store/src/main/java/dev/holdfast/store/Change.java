// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import org.jspecify.annotations.Nullable;

/**
 * One put or delete of a commit.
 *
 * @param key the entry's key
 * @param value its new value, not copied: do not change it; null to delete the entry
 */
@SuppressWarnings(
    "ArrayRecordComponent") // compared by nobody; copying values would cost the write path
public record Change(EntryKey key, byte @Nullable [] value) {

  /** How many bytes the change weighs against limits. */
  public int weight() {
    return key.length() + (value == null ? 0 : value.length);
  }
}
