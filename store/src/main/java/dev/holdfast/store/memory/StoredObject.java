// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.Pin;
import dev.holdfast.store.Retention;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One object: its map of entries as it is, and as it was.
 *
 * <p>A version is visible at the end of generation {@code g} if {@code from <= g} and, once it is
 * superseded, {@code g < superseded}. So a version that was written and superseded in the same
 * generation is visible nowhere, and is not kept.
 *
 * <p>Guarded by the data's lock.
 */
final class StoredObject {
  private final NavigableMap<EntryKey, Version> current = new TreeMap<>();

  /** Of each key, the versions that were superseded, by the generation that superseded them. */
  private final NavigableMap<EntryKey, NavigableMap<Generation, Version>> history = new TreeMap<>();

  private final List<Pin> pins = new ArrayList<>();
  private final @Nullable String name;
  private final Instant created;
  private long seq;
  private Generation generation = Generation.NONE;
  private AlarmTime alarm = AlarmTime.NEVER;
  private long bytes;

  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Version(Generation from, byte[] value) {}

  StoredObject(@Nullable String name, Instant created) {
    this.name = name;
    this.created = created;
  }

  @Nullable String name() {
    return name;
  }

  Instant created() {
    return created;
  }

  long seq() {
    return seq;
  }

  Generation generation() {
    return generation;
  }

  AlarmTime alarm() {
    return alarm;
  }

  /** How many bytes its current entries have. */
  long bytes() {
    return bytes;
  }

  void apply(Commit commit) {
    if (commit.clear()) {
      clear(commit.generation());
    }
    for (Change change : commit.changes()) {
      byte[] value = change.value();
      Version superseded =
          value == null
              ? current.remove(change.key())
              : current.put(change.key(), new Version(commit.generation(), value));
      bytes += weight(change.key(), value) - weight(change.key(), superseded);
      keep(change.key(), superseded, commit.generation());
    }
    AlarmTime newAlarm = commit.alarm();
    if (newAlarm != null) {
      alarm = newAlarm;
    }
    pins.addAll(commit.pins());
    seq = commit.seq();
    generation = commit.generation();
  }

  private static long weight(EntryKey key, @Nullable Version version) {
    return version == null ? 0 : weight(key, version.value());
  }

  private static long weight(EntryKey key, byte @Nullable [] value) {
    return value == null ? 0 : key.length() + (long) value.length;
  }

  private void clear(Generation at) {
    Iterator<Map.Entry<EntryKey, Version>> entries = current.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<EntryKey, Version> entry = entries.next();
      if (entry.getKey().kind() != EntryKind.META) {
        keep(entry.getKey(), entry.getValue(), at);
        bytes -= weight(entry.getKey(), entry.getValue());
        entries.remove();
      }
    }
  }

  private void keep(EntryKey key, @Nullable Version version, Generation superseded) {
    if (version != null && !version.from().equals(superseded)) {
      history.computeIfAbsent(key, _ -> new TreeMap<>()).put(superseded, version);
    }
  }

  byte @Nullable [] get(EntryKey key, View view) {
    Version version = current.get(key);
    if (view instanceof View.EndOf(Generation at)
        && (version == null || version.from().compareTo(at) > 0)) {
      version = past(key, at);
    }
    return version == null ? null : version.value();
  }

  /** The superseded version of an entry that was visible at the end of a generation. */
  private @Nullable Version past(EntryKey key, Generation at) {
    NavigableMap<Generation, Version> versions = history.get(key);
    Map.Entry<Generation, Version> next = versions == null ? null : versions.higherEntry(at);
    return next != null && next.getValue().from().compareTo(at) <= 0 ? next.getValue() : null;
  }

  ScanPage scan(ScanRange range, View view) {
    if (range.from().compareTo(range.to()) >= 0) {
      return new ScanPage(List.of(), true);
    }
    NavigableMap<EntryKey, byte[]> visible = visible(range, view);
    List<Entry> page = new ArrayList<>();
    long bytes = 0;
    for (Map.Entry<EntryKey, byte[]> entry :
        (range.reverse() ? visible.descendingMap() : visible).entrySet()) {
      if (page.size() == range.maxEntries() || bytes >= range.maxBytes()) {
        return new ScanPage(page, false);
      }
      page.add(new Entry(entry.getKey(), entry.getValue()));
      bytes += entry.getKey().length() + entry.getValue().length;
    }
    return new ScanPage(page, true);
  }

  private NavigableMap<EntryKey, byte[]> visible(ScanRange range, View view) {
    NavigableMap<EntryKey, byte[]> visible = new TreeMap<>();
    for (EntryKey key : current.subMap(range.from(), range.to()).keySet()) {
      put(visible, key, view);
    }
    if (view instanceof View.EndOf) {
      for (EntryKey key : history.subMap(range.from(), range.to()).keySet()) {
        put(visible, key, view);
      }
    }
    return visible;
  }

  private void put(NavigableMap<EntryKey, byte[]> visible, EntryKey key, View view) {
    byte[] value = get(key, view);
    if (value != null) {
      visible.put(key, value);
    }
  }

  /** The generations in which something was written or removed that versions tell of. */
  NavigableSet<Generation> changes() {
    NavigableSet<Generation> changes = new TreeSet<>();
    current.forEach(
        (key, version) -> {
          if (key.kind() != EntryKind.META) {
            changes.add(version.from());
          }
        });
    history.forEach(
        (key, versions) -> {
          if (key.kind() != EntryKind.META) {
            versions.forEach(
                (superseded, version) -> {
                  changes.add(version.from());
                  changes.add(superseded);
                });
          }
        });
    return changes;
  }

  /** All entries if there are at most so many of at most so many bytes, else null. */
  @Nullable List<Entry> whole(int maxEntries, long maxBytes) {
    if (current.size() > maxEntries) {
      return null;
    }
    List<Entry> entries = new ArrayList<>(current.size());
    long bytes = 0;
    for (Map.Entry<EntryKey, Version> entry : current.entrySet()) {
      bytes += entry.getKey().length() + entry.getValue().value().length;
      entries.add(new Entry(entry.getKey(), entry.getValue().value()));
    }
    return bytes > maxBytes ? null : entries;
  }

  /** Which superseded version to look at next: that of {@code key} superseded at {@code at}. */
  record Place(EntryKey key, Generation at) {}

  /** The first superseded version after a place; null at the end. */
  @Nullable Place next(@Nullable Place after) {
    if (after != null) {
      NavigableMap<Generation, Version> versions = history.get(after.key());
      Generation at = versions == null ? null : versions.higherKey(after.at());
      if (at != null) {
        return new Place(after.key(), at);
      }
    }
    Map.Entry<EntryKey, NavigableMap<Generation, Version>> entry =
        after == null ? history.firstEntry() : history.higherEntry(after.key());
    return entry == null ? null : new Place(entry.getKey(), entry.getValue().firstKey());
  }

  /**
   * Removes a superseded version unless a retained moment sees it.
   *
   * @return in which generation it was written; null if it stays
   */
  @Nullable Generation prune(Place place, Retention retention, Instant now) {
    pins.removeIf(pin -> !pin.until().isAfter(now));
    NavigableMap<Generation, Version> versions = history.get(place.key());
    Version version = versions == null ? null : versions.get(place.at());
    if (versions == null
        || version == null
        || retention.keeps(version.from(), place.at(), now.getEpochSecond())
        || isPinned(version.from(), place.at())) {
      return null;
    }
    versions.remove(place.at());
    if (versions.isEmpty()) {
      history.remove(place.key());
    }
    return version.from();
  }

  private boolean isPinned(Generation from, Generation superseded) {
    for (Pin pin : pins) {
      if (from.compareTo(pin.generation()) <= 0 && pin.generation().compareTo(superseded) < 0) {
        return true;
      }
    }
    return false;
  }
}
