// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The entries of an object in the store, fetched a page at a time as they are asked for. */
public final class StoredEntries implements Iterator<Map.Entry<EntryKey, byte[]>> {
  private static final int MAX_PAGE_ENTRIES = 256;
  private static final long PAGE_BYTES = 1 << 20;

  private final ObjectStore store;
  private final ObjectRef object;
  private final View view;
  private EntryKey from;
  private EntryKey to;
  private final boolean reverse;
  private int pageEntries;
  private @Nullable ScanPage page;
  private int index;

  /** The entries of a range in a view. */
  public StoredEntries(ObjectStore store, ObjectRef object, ScanRange range, View view) {
    this.view = view;
    this.store = store;
    this.object = object;
    this.from = range.from();
    this.to = range.to();
    this.reverse = range.reverse();
    // One more than asked for, since the merge looks one ahead.
    this.pageEntries = (int) Math.min(MAX_PAGE_ENTRIES, range.maxEntries() + 1L);
  }

  @Override
  public boolean hasNext() {
    ScanPage current = page;
    if (current != null && index < current.entries().size()) {
      return true;
    }
    if (current != null && current.complete()) {
      return false;
    }
    if (from.compareTo(to) >= 0) {
      return false;
    }
    current = store.scan(object, new ScanRange(from, to, reverse, pageEntries, PAGE_BYTES), view);
    pageEntries = Math.min(MAX_PAGE_ENTRIES, 2 * pageEntries);
    page = current;
    index = 0;
    if (current.entries().isEmpty()) {
      return false;
    }
    EntryKey last = current.entries().getLast().key();
    if (reverse) {
      to = last;
    } else {
      from = last.successor();
    }
    return true;
  }

  @Override
  public Map.Entry<EntryKey, byte[]> next() {
    if (!hasNext() || page == null) {
      throw new NoSuchElementException();
    }
    Entry entry = page.entries().get(index++);
    return Map.entry(entry.key(), entry.value());
  }
}
