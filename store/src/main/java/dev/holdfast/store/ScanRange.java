// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

/**
 * Which entries to read in one page.
 *
 * @param from the smallest key, inclusive
 * @param to the upper bound, exclusive; the range is empty if it is not beyond {@code from}
 * @param reverse whether to begin at the end
 * @param maxEntries the most entries to return, at least 1
 * @param maxBytes the page ends with the entry that reaches this many bytes of keys ({@link
 *     EntryKey#length()}) and values, so one entry always fits
 */
public record ScanRange(
    EntryKey from, EntryKey to, boolean reverse, int maxEntries, long maxBytes) {
  public ScanRange {
    if (maxEntries < 1 || maxBytes < 1) {
      throw new IllegalArgumentException(
          "a page of " + maxEntries + " entries, " + maxBytes + " bytes holds nothing");
    }
  }
}
