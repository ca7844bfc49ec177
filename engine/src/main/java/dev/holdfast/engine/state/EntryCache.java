// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one object that are in memory: all of them if it is <em>whole</em>, else those
 * that were read or written lately, absence included. Entries of commits that are not durable yet
 * stay.
 */
final class EntryCache {
  /** What an entry costs beyond its bytes: a tree node, the key and value objects. */
  private static final int ENTRY_OVERHEAD_BYTES = 128;

  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Cached(byte[] value, long seq) {}

  private final TreeMap<EntryKey, Cached> entries = new TreeMap<>();
  private final CacheBudget budget;
  private boolean whole;
  private long weight;

  EntryCache(List<Entry> opened, boolean whole, CacheBudget budget) {
    this.budget = budget;
    this.whole = whole;
    if (whole) {
      opened.forEach(entry -> keep(entry.key(), entry.value(), 0));
    }
  }

  /** Whether what is not here does not exist. */
  boolean whole() {
    return whole;
  }

  /** The value, {@link Overlay#ABSENT} if it is known not to exist, null if nothing is known. */
  byte @Nullable [] get(EntryKey key) {
    Cached cached = entries.get(key);
    if (cached != null) {
      return cached.value;
    }
    return whole ? Overlay.ABSENT : null;
  }

  /** Remembers what was read from the store. */
  void read(EntryKey key, byte[] valueOrAbsent) {
    keep(key, valueOrAbsent, 0);
  }

  /** Takes over the changes of a sealed commit. */
  void written(Overlay turn, long seq) {
    if (turn.cleared()) {
      entries.clear();
      add(-weight);
      whole = true;
    }
    turn.changes.forEach((key, value) -> keep(key, value, seq));
  }

  /** The cached entries of a range, absent ones included, in its direction. */
  Iterator<Map.Entry<EntryKey, byte[]>> entries(EntryKey from, EntryKey to, boolean reverse) {
    NavigableMap<EntryKey, Cached> range = entries.subMap(from, true, to, false);
    Iterator<Map.Entry<EntryKey, Cached>> iterator =
        (reverse ? range.descendingMap() : range).entrySet().iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return iterator.hasNext();
      }

      @Override
      public Map.Entry<EntryKey, byte[]> next() {
        Map.Entry<EntryKey, Cached> entry = iterator.next();
        return Map.entry(entry.getKey(), entry.getValue().value);
      }
    };
  }

  /**
   * Forgets all entries that are durable, when they weigh more than {@code maxBytes}. What is whole
   * keeps no trace of removed entries, so it must wait until their removal is durable too.
   */
  void shrink(long maxBytes, long durableSeq, long lastSeq) {
    if (weight <= maxBytes || (whole && durableSeq < lastSeq)) {
      return;
    }
    whole = false;
    Iterator<Map.Entry<EntryKey, Cached>> iterator = entries.entrySet().iterator();
    while (iterator.hasNext()) {
      Map.Entry<EntryKey, Cached> entry = iterator.next();
      if (entry.getValue().seq <= durableSeq) {
        add(-weightOf(entry.getKey(), entry.getValue().value));
        iterator.remove();
      }
    }
  }

  /** Gives the budget back: the activation is over. */
  void release() {
    entries.clear();
    add(-weight);
  }

  private void keep(EntryKey key, byte[] value, long seq) {
    Cached replaced =
        whole && value == Overlay.ABSENT
            ? entries.remove(key)
            : entries.put(key, new Cached(value, seq));
    long delta = whole && value == Overlay.ABSENT ? 0 : weightOf(key, value);
    add(replaced == null ? delta : delta - weightOf(key, replaced.value));
  }

  private void add(long delta) {
    weight += delta;
    budget.add(delta);
  }

  private static long weightOf(EntryKey key, byte[] value) {
    return (long) ENTRY_OVERHEAD_BYTES + key.length() + value.length;
  }
}
