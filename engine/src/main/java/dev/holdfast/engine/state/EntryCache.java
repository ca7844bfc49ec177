// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one object that are in memory: all of them if it is <em>whole</em>, else those
 * that were read or written lately, absence included.
 *
 * <h2>What may be forgotten</h2>
 *
 * Beyond its limit it forgets, at once, every entry that the store gives back: one that was read,
 * or whose commit is durable. The others stay, so it may pass its limit by the commits that are on
 * their way.
 *
 * <p>What is whole need not remember that something was removed. But before it forgets anything it
 * must know that the store has removed it too. So removals are untraced only while it is small; it
 * stays whole until the last untraced one is durable, and no flow of further removals can keep it
 * so for ever.
 */
final class EntryCache {
  /** What an entry costs beyond its bytes: a tree node, the key and value objects. */
  private static final int ENTRY_OVERHEAD_BYTES = 128;

  /** An entry with the seq of the commit that wrote it; 0 if it was read. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Cached(byte[] value, long seq) {}

  private final TreeMap<EntryKey, Cached> entries = new TreeMap<>();
  private final CacheBudget budget;
  private final long maxBytes;
  private boolean whole;
  private long weight;

  /** The last commit that removed something while this was whole and kept no trace of it. */
  private long untracedSeq;

  /** Every entry here is of this commit or a later one. */
  private long oldestSeq = Long.MAX_VALUE;

  /** The last commit that is known to be durable. */
  private long durableSeq;

  EntryCache(List<Entry> opened, boolean whole, long maxBytes, CacheBudget budget) {
    this.budget = budget;
    this.maxBytes = maxBytes;
    this.whole = whole;
    if (whole) {
      opened.forEach(entry -> keep(entry.key(), entry.value(), 0));
    }
  }

  /** Whether what is not here does not exist. */
  boolean whole() {
    return whole;
  }

  /** Whether nothing exists. */
  boolean empty() {
    return whole && entries.isEmpty();
  }

  /** The value, {@link Overlay#ABSENT} if it is known not to exist, null if nothing is known. */
  byte @Nullable [] get(EntryKey key) {
    Cached cached = entries.get(key);
    if (cached != null) {
      return cached.value;
    }
    return whole && isOfObject(key) ? Overlay.ABSENT : null;
  }

  /** What is kept about the object stays when all is removed, and is never whole here. */
  private static boolean isOfObject(EntryKey key) {
    return key.kind() != EntryKind.META;
  }

  /** Remembers what was read from the store, if there is room. */
  void read(EntryKey key, byte[] valueOrAbsent) {
    long needed = weightOf(key, valueOrAbsent);
    if (weight + needed > maxBytes) {
      forgetDurable();
    }
    if (weight + needed <= maxBytes) {
      keep(key, valueOrAbsent, 0);
    }
  }

  /** Takes over the changes of a sealed commit. */
  void written(Overlay turn, long seq) {
    if (turn.cleared()) {
      clear();
      whole = true;
      untracedSeq = seq;
    }
    for (Map.Entry<EntryKey, byte[]> change : turn.changes.entrySet()) {
      if (change.getValue() == Overlay.ABSENT
          && whole
          && isOfObject(change.getKey())
          && weight <= maxBytes / 2) {
        Cached removed = entries.remove(change.getKey());
        untracedSeq = seq;
        add(removed == null ? 0 : -weightOf(change.getKey(), removed.value));
      } else {
        keep(change.getKey(), change.getValue(), seq);
      }
    }
  }

  private void clear() {
    entries.headMap(EntryKey.first(EntryKind.META)).clear();
    long left = 0;
    oldestSeq = Long.MAX_VALUE;
    for (Map.Entry<EntryKey, Cached> entry : entries.entrySet()) {
      left += weightOf(entry.getKey(), entry.getValue().value);
      oldestSeq = Math.min(oldestSeq, entry.getValue().seq);
    }
    add(left - weight);
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

  /** Learns which commits are durable, and shrinks if it has passed its limit. */
  void durable(long seq) {
    durableSeq = seq;
    if (weight > maxBytes) {
      forgetDurable();
    }
  }

  private void forgetDurable() {
    if (durableSeq < oldestSeq || (whole && durableSeq < untracedSeq)) {
      return;
    }
    whole = false;
    oldestSeq = Long.MAX_VALUE;
    Iterator<Map.Entry<EntryKey, Cached>> iterator = entries.entrySet().iterator();
    while (iterator.hasNext()) {
      Map.Entry<EntryKey, Cached> entry = iterator.next();
      Cached cached = entry.getValue();
      if (cached.seq <= durableSeq) {
        add(-weightOf(entry.getKey(), cached.value));
        iterator.remove();
      } else {
        oldestSeq = Math.min(oldestSeq, cached.seq);
      }
    }
  }

  /** Gives the budget back: the activation is over. */
  void release() {
    entries.clear();
    add(-weight);
  }

  private void keep(EntryKey key, byte[] value, long seq) {
    Cached replaced = entries.put(key, new Cached(value, seq));
    oldestSeq = Math.min(oldestSeq, seq);
    add(weightOf(key, value) - (replaced == null ? 0 : weightOf(key, replaced.value)));
  }

  private void add(long delta) {
    weight += delta;
    budget.add(delta);
  }

  private static long weightOf(EntryKey key, byte[] value) {
    return (long) ENTRY_OVERHEAD_BYTES + key.length() + value.length;
  }
}
