// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import dev.holdfast.KeyRange;
import dev.holdfast.ObjectId;
import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.Directory;
import dev.holdfast.store.DirectoryEntry;
import dev.holdfast.store.DueAlarm;
import dev.holdfast.store.FirstGeneration;
import dev.holdfast.store.Generation;
import dev.holdfast.store.NameBounds;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.PruneReport;
import dev.holdfast.store.Retention;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What in-memory stores keep, as a disk would: it outlives the handles over it, and the latest one
 * has it for itself.
 */
public final class InMemoryData {
  private static final int SECRET_BYTES = 32;
  private static final Comparator<ObjectRef> BY_ID =
      Comparator.comparing(ObjectRef::namespace).thenComparing(ObjectRef::id);
  private static final Comparator<DueAlarm> BY_TIME =
      Comparator.comparing(DueAlarm::at).thenComparing(DueAlarm::object, BY_ID);

  /** Guards all state of the data and of every handle over it. */
  final ReentrantLock lock = new ReentrantLock();

  private final RandomGenerator random;
  private final NavigableMap<ObjectRef, StoredObject> objects = new TreeMap<>(BY_ID);
  private final Map<String, NavigableMap<byte[], ObjectRef>> names = new HashMap<>();
  private final NavigableSet<DueAlarm> alarms = new TreeSet<>(BY_TIME);
  private final Map<String, byte[]> secrets = new HashMap<>();
  private long epoch;

  private FirstGeneration first = FirstGeneration.NONE;

  /** Where the next step of pruning begins: after this place of this object. */
  private @Nullable ObjectRef prunedObject;

  private StoredObject.@Nullable Place prunedPlace;

  /** Since when nothing was removed. */
  private Retention.Since since = Retention.Since.EVER;

  /** No data. */
  public InMemoryData() {
    this(new SecureRandom());
  }

  /** No data; secrets will come from that source. */
  public InMemoryData(RandomGenerator random) {
    this.random = random;
  }

  long epoch() {
    return epoch;
  }

  long nextEpoch() {
    return ++epoch;
  }

  @Nullable StoredObject find(ObjectRef object) {
    return objects.get(object);
  }

  /** Why a group cannot be applied as it stands, by seqs and generations; null if it can. */
  @Nullable String refusal(CommitGroup group) {
    Map<ObjectRef, Commit> before = new HashMap<>();
    for (Commit commit : group.commits()) {
      StoredObject object = objects.get(commit.object());
      Commit last = before.put(commit.object(), commit);
      long seq = last != null ? last.seq() : object != null ? object.seq() : 0;
      Generation generation =
          last != null ? last.generation() : object != null ? object.generation() : Generation.NONE;
      if (commit.seq() != seq + 1) {
        return "it has seq %d, the last one is %d".formatted(commit.seq(), seq);
      }
      if (commit.generation().compareTo(generation) < 0) {
        return "it is of generation %s, the last one of %s"
            .formatted(commit.generation(), generation);
      }
    }
    return null;
  }

  /** Applies a commit that was checked. */
  void apply(Commit commit, @Nullable String name, Instant now) {
    ObjectRef ref = commit.object();
    StoredObject object = objects.get(ref);
    if (commit.delete()) {
      if (object != null) {
        delete(ref, object);
        first = first.after(commit.generation(), now);
      }
      return;
    }
    if (object == null) {
      object = new StoredObject(name, Instant.ofEpochSecond(commit.generation().second()));
      objects.put(ref, object);
      secrets.computeIfAbsent(ref.namespace(), _ -> randomBytes());
      if (name != null) {
        names
            .computeIfAbsent(ref.namespace(), _ -> new TreeMap<>(Arrays::compareUnsigned))
            .put(name.getBytes(StandardCharsets.UTF_8), ref);
      }
    }
    AlarmTime before = object.alarm();
    object.apply(commit);
    if (before.at() != null) {
      alarms.remove(new DueAlarm(ref, before.at()));
    }
    Instant at = object.alarm().at();
    if (at != null) {
      alarms.add(new DueAlarm(ref, at));
    }
  }

  private void delete(ObjectRef ref, StoredObject object) {
    objects.remove(ref);
    String name = object.name();
    NavigableMap<byte[], ObjectRef> named = names.get(ref.namespace());
    if (name != null && named != null) {
      named.remove(name.getBytes(StandardCharsets.UTF_8));
    }
    Instant alarm = object.alarm().at();
    if (alarm != null) {
      alarms.remove(new DueAlarm(ref, alarm));
    }
  }

  /** The generation in which what does not exist begins, at the earliest. */
  Generation first(Instant now) {
    return first.at(now);
  }

  /** Renames a namespace that can be. */
  void rename(String from, String to) {
    byte[] secret = Objects.requireNonNull(secrets.remove(from));
    secrets.put(to, secret);
    NavigableMap<byte[], ObjectRef> named = names.remove(from);
    if (named != null) {
      named.replaceAll((name, object) -> new ObjectRef(to, object.id()));
      names.put(to, named);
    }
    Map<ObjectRef, StoredObject> moved = new TreeMap<>(BY_ID);
    objects
        .entrySet()
        .removeIf(
            entry -> {
              boolean mine = entry.getKey().namespace().equals(from);
              if (mine) {
                moved.put(new ObjectRef(to, entry.getKey().id()), entry.getValue());
              }
              return mine;
            });
    objects.putAll(moved);
    List<DueAlarm> due =
        alarms.stream().filter(alarm -> alarm.object().namespace().equals(from)).toList();
    due.forEach(
        alarm -> {
          alarms.remove(alarm);
          alarms.add(new DueAlarm(new ObjectRef(to, alarm.object().id()), alarm.at()));
        });
  }

  byte[] secret(String namespace) {
    return secrets.computeIfAbsent(namespace, _ -> randomBytes()).clone();
  }

  /** See {@link Directory#namespaces}. */
  List<String> namespaces() {
    Comparator<String> byBytes =
        Comparator.comparing(
            name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);
    return secrets.keySet().stream().sorted(byBytes).toList();
  }

  private byte[] randomBytes() {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return bytes;
  }

  List<DueAlarm> dueAlarms(Instant now, int limit) {
    return alarms.stream().takeWhile(alarm -> !alarm.at().isAfter(now)).limit(limit).toList();
  }

  @Nullable Instant nextAlarm() {
    return alarms.isEmpty() ? null : alarms.first().at();
  }

  /** See {@link Directory#byId}. */
  List<DirectoryEntry> byId(String namespace, @Nullable ObjectId after, int limit) {
    ObjectId first = ObjectId.of(new byte[ObjectId.BYTES], null);
    ObjectRef from = new ObjectRef(namespace, after == null ? first : after);
    List<DirectoryEntry> found = new ArrayList<>();
    for (ObjectRef object : objects.tailMap(from, after == null).keySet()) {
      if (found.size() == limit || !object.namespace().equals(namespace)) {
        break;
      }
      found.add(entry(object));
    }
    return found;
  }

  /** See {@link Directory#find}. */
  @Nullable DirectoryEntry entryOf(ObjectRef object) {
    return objects.containsKey(object) ? entry(object) : null;
  }

  /** See {@link Directory#byName}. */
  List<DirectoryEntry> byName(String namespace, KeyRange range) {
    NavigableMap<byte[], ObjectRef> named = names.get(namespace);
    NameBounds bounds = NameBounds.of(range);
    if (named == null || bounds.isEmpty()) {
      return List.of();
    }
    byte[] to = bounds.to();
    NavigableMap<byte[], ObjectRef> within =
        to == null
            ? named.tailMap(bounds.from(), true)
            : named.subMap(bounds.from(), true, to, false);
    return (range.reversed() ? within.descendingMap() : within)
        .values().stream().limit(range.limit()).map(this::entry).toList();
  }

  private DirectoryEntry entry(ObjectRef ref) {
    StoredObject object = objects.get(ref);
    if (object == null) {
      throw new IllegalStateException("the directory lists " + ref + ", which does not exist");
    }
    return new DirectoryEntry(
        ObjectId.of(ref.id().bytes(), object.name()),
        object.created(),
        Instant.ofEpochSecond(object.generation().second()),
        object.bytes());
  }

  /** Since when nothing was removed. */
  Retention.Since since() {
    return since;
  }

  PruneReport prune(int budget, Retention retention, Instant now) {
    int examined = 0;
    int removed = 0;
    ObjectRef ref =
        prunedObject != null ? prunedObject : objects.isEmpty() ? null : objects.firstKey();
    while (ref != null) {
      StoredObject object = objects.get(ref);
      StoredObject.Place place = object == null ? null : object.next(prunedPlace);
      if (object == null || place == null) {
        ref = objects.higherKey(ref);
        prunedObject = ref;
        prunedPlace = null;
      } else if (examined == budget) {
        return new PruneReport(examined, removed, false);
      } else {
        examined++;
        Generation from = object.prune(place, retention, now);
        if (from != null) {
          removed++;
          since = since.without(from, place.at());
        }
        prunedObject = ref;
        prunedPlace = place;
      }
    }
    return new PruneReport(examined, removed, true);
  }
}
