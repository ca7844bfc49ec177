// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.util.List;

/**
 * A page of entries.
 *
 * @param entries in the order asked for
 * @param complete whether the range holds nothing beyond these; if it does, go on beyond the last
 *     entry's key
 */
public record ScanPage(List<Entry> entries, boolean complete) {
  public ScanPage {
    entries = List.copyOf(entries);
  }
}
