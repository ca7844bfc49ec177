// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static java.util.Objects.requireNonNull;

import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.Pin;
import dev.holdfast.store.View;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One object as it must be: naive, with a full copy of its entries for every generation. */
final class ObjectModel {
  private final NavigableMap<Generation, NavigableMap<EntryKey, String>> snapshots =
      new TreeMap<>();
  private final Map<Generation, Instant> pins = new TreeMap<>();
  private long seq;
  private Generation generation;
  private AlarmTime alarm = AlarmTime.NEVER;
  private @Nullable Instant created;

  ObjectModel() {
    this(Generation.NONE);
  }

  /** One that begins after that generation, or in it. */
  ObjectModel(Generation first) {
    this.generation = first;
  }

  void apply(Commit commit) {
    NavigableMap<EntryKey, String> entries = new TreeMap<>(at(View.current()));
    if (commit.clear()) {
      entries.keySet().removeIf(key -> key.kind() != EntryKind.META);
    }
    for (Change change : commit.changes()) {
      String value = ContractTest.text(change.value());
      if (value == null) {
        entries.remove(change.key());
      } else {
        entries.put(change.key(), value);
      }
    }
    snapshots.put(commit.generation(), entries);
    for (Pin pin : commit.pins()) {
      pins.merge(pin.generation(), pin.until(), (a, b) -> a.isAfter(b) ? a : b);
    }
    AlarmTime newAlarm = commit.alarm();
    alarm = newAlarm == null ? alarm : newAlarm;
    seq = commit.seq();
    generation = commit.generation();
    created = created == null ? Instant.ofEpochSecond(generation.second()) : created;
  }

  NavigableMap<EntryKey, String> at(View view) {
    Map.Entry<Generation, NavigableMap<EntryKey, String>> snapshot =
        switch (view) {
          case View.Current _ -> snapshots.lastEntry();
          case View.EndOf(Generation end) -> snapshots.floorEntry(end);
        };
    return snapshot == null ? new TreeMap<>() : snapshot.getValue();
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

  /** How many bytes of keys and values its entries have. */
  long bytes() {
    return at(View.current()).entrySet().stream()
        .mapToLong(entry -> entry.getKey().length() + entry.getValue().length())
        .sum();
  }

  Instant created() {
    return requireNonNull(created);
  }

  /** Its pinned generations, and until when they are. */
  Map<Generation, Instant> pins() {
    return pins;
  }
}
