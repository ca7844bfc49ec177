// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.ObjectId;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Retention;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** What the themes of the contract share: a store, open, in a place of its own, under a clock. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ContractTest {
  static final String NAMESPACE = "Counter";
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final EntryKey FIRST = EntryKey.first(EntryKind.USER);
  static final EntryKey END = EntryKey.end(EntryKind.META);

  final TestClock clock = new TestClock(START);
  private @Nullable StorePlace place;
  private @Nullable ObjectStore store;

  abstract StorePlace newPlace() throws Exception;

  Retention retention() {
    return Retention.DEFAULT;
  }

  @BeforeEach
  final void openStore() throws Exception {
    place = newPlace();
    store = place.open(clock, retention());
  }

  @AfterEach
  final void closeStore() throws Exception {
    store().close();
    place().close();
  }

  final StorePlace place() {
    return Objects.requireNonNull(place);
  }

  final ObjectStore store() {
    return Objects.requireNonNull(store);
  }

  /** Closes the store and opens it again over the same data. */
  final void reopen() throws Exception {
    store().close();
    store = place().open(clock, retention());
  }

  /** The object of that name; its id follows from the name. */
  static ObjectRef ref(String name) {
    return new ObjectRef(NAMESPACE, id(name));
  }

  static ObjectId id(String name) {
    ByteBuffer bytes = ByteBuffer.allocate(ObjectId.BYTES);
    long hash = 0;
    for (byte b : name.getBytes(UTF_8)) {
      hash = (hash + b + 1) * 0x9E3779B97F4A7C15L;
    }
    bytes.putLong(hash).putLong(hash * 31).putInt(name.length());
    return ObjectId.of(bytes.array(), name);
  }

  /** Opens the object of that name, as the engine does before it writes. */
  final TestObject open(String name) {
    return open(ref(name), name);
  }

  final TestObject open(ObjectRef ref, @Nullable String name) {
    return new TestObject(store(), clock, store().open(ref, name));
  }

  final OpenedObject found(String name) {
    return store().open(ref(name), name);
  }

  /** Submits commits as one group, and counts on their being applied. */
  final Completion submitTogether(Draft... drafts) {
    Completion completion = new Completion();
    List<Commit> commits = List.of(drafts).stream().map(Draft::build).toList();
    store().submit(new CommitGroup(commits), completion);
    return completion;
  }

  final @Nullable String get(String object, String key) {
    return get(object, key, View.current());
  }

  final @Nullable String get(String object, String key, View view) {
    return text(store().get(ref(object), EntryKey.user(key), view));
  }

  final @Nullable String get(String object, String key, Generation end) {
    return get(object, key, View.endOf(end));
  }

  static @Nullable String text(byte @Nullable [] value) {
    return value == null ? null : new String(value, UTF_8);
  }

  /** All entries of an object, in the order in which a scan brings them. */
  final SequencedMap<EntryKey, String> all(String object, View view) {
    return all(ref(object), view, new ScanRange(FIRST, END, false, 1000, 1 << 20));
  }

  final SequencedMap<EntryKey, String> all(String object) {
    return all(object, View.current());
  }

  /** All entries of a range, read page by page. */
  final SequencedMap<EntryKey, String> all(ObjectRef object, View view, ScanRange range) {
    SequencedMap<EntryKey, String> entries = new LinkedHashMap<>();
    ScanRange rest = range;
    while (true) {
      ScanPage page = store().scan(object, rest, view);
      for (Entry entry : page.entries()) {
        entries.put(entry.key(), new String(entry.value(), UTF_8));
      }
      if (page.complete()) {
        return entries;
      }
      rest = beyond(rest, page.entries().getLast().key());
    }
  }

  private static ScanRange beyond(ScanRange range, EntryKey last) {
    return new ScanRange(
        range.reverse() ? range.from() : last.successor(),
        range.reverse() ? last : range.to(),
        range.reverse(),
        range.maxEntries(),
        range.maxBytes());
  }

  /** The user's entries of an object, by the text of their keys. */
  final SequencedMap<String, String> texts(String object, View view) {
    return texts(all(object, view));
  }

  final SequencedMap<String, String> texts(String object) {
    return texts(object, View.current());
  }

  static SequencedMap<String, String> texts(SequencedMap<EntryKey, String> entries) {
    SequencedMap<String, String> texts = new LinkedHashMap<>();
    entries.forEach((key, value) -> texts.put(key.text(), value));
    return texts;
  }
}
