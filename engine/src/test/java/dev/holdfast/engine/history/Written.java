// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.ObjectId;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Pin;
import dev.holdfast.store.Retention;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import dev.holdfast.store.memory.InMemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An object in a store in memory, written to as its activation would, under a clock set by hand.
 */
final class Written implements AutoCloseable {
  final ObjectRef object = new ObjectRef("Counter", ObjectId.of(new byte[ObjectId.BYTES], "a"));
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  final InMemoryStore store;
  private final OpenedObject opened;
  private long seq;
  private Generation last = Generation.NONE;
  private Generation next = Generation.NONE;

  Written() {
    this(Retention.DEFAULT);
  }

  Written(Retention retention) {
    store = new InMemoryStore(() -> now, retention);
    opened = store.open(object, "a");
  }

  Instant now() {
    return now;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  /** The generation of the last commit. */
  Generation last() {
    return last;
  }

  /** Writes, in the present second. */
  void put(String key, @Nullable String value) {
    Generation at = last.advancedTo(now.getEpochSecond());
    commit(
        at.compareTo(next) < 0 ? next : at,
        new Change(EntryKey.user(key), value == null ? null : value.getBytes(UTF_8)),
        List.of());
  }

  /** Hands out a bookmark of the present, as code of an object would. */
  Generation bookmark() {
    Generation end = last;
    next = end.next();
    Instant until = now.plus(Bookmarks.KEPT);
    Generation at = last.advancedTo(now.getEpochSecond());
    commit(
        at.compareTo(next) < 0 ? next : at,
        new Change(MetaKeys.bookmark(end), new HandedOut(until, end).encode(end)),
        List.of(new Pin(end, until)));
    return end;
  }

  /** Notes something about the object in its last generation, which does not advance. */
  void note(EntryKey key, byte[] value) {
    commit(last, new Change(key, value), List.of());
  }

  private void commit(Generation generation, Change change, List<Pin> pins) {
    seq++;
    last = generation;
    store.commit(
        CommitGroup.of(
            new Commit(opened.opening(), seq, generation, false, List.of(change), null, pins)));
  }

  /** Deletes it; nothing can be written any more. */
  void delete() {
    OpenedObject last = store.open(object, null);
    store.commit(CommitGroup.of(Commit.delete(last.opening(), last.seq() + 1, last.generation())));
  }

  /** Another object begins under its id, with as many commits as the first had. */
  void beginAnew(String... keys) {
    OpenedObject begun = store.open(object, "a");
    Generation at = begun.generation().advancedTo(now.getEpochSecond());
    for (int i = 0; i < keys.length; i++) {
      Change change = new Change(EntryKey.user(keys[i]), "new".getBytes(UTF_8));
      store.commit(CommitGroup.of(Commit.of(begun.opening(), i + 1, at, List.of(change))));
    }
  }

  void prune() {
    boolean over = false;
    while (!over) {
      over = store.prune(100).passCompleted();
    }
  }

  /** The entries in a view, in one page. */
  SortedMap<String, String> read(View view) {
    ScanRange all =
        new ScanRange(
            EntryKey.first(EntryKind.USER),
            EntryKey.end(EntryKind.USER),
            false,
            Integer.MAX_VALUE,
            Long.MAX_VALUE);
    SortedMap<String, String> found = new TreeMap<>();
    for (Entry entry : store.scan(object, all, view).entries()) {
      found.put(entry.key().text(), new String(entry.value(), UTF_8));
    }
    return found;
  }

  @Override
  public void close() {
    store.close();
  }
}
