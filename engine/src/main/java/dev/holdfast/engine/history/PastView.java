// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.KeyRange;
import dev.holdfast.Past;
import dev.holdfast.SqlRows;
import dev.holdfast.TypeRef;
import dev.holdfast.engine.codec.Codec;
import dev.holdfast.engine.sql.ObjectSql;
import dev.holdfast.engine.state.Entries;
import dev.holdfast.engine.state.StateLimits;
import dev.holdfast.engine.state.StoredEntries;
import dev.holdfast.engine.state.Turns;
import dev.holdfast.engine.state.ValueReader;
import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** An object at one moment, read from the store. Object thread only, within one turn. */
final class PastView implements Past, Entries {
  private final ObjectRef object;
  private final ObjectStore store;
  private final View view;
  private final Turns turns;
  private final long turn;
  private final StateLimits limits;
  private final Supplier<ObjectSql> sql;
  private final ValueReader reader;

  PastView(
      ObjectRef object,
      ObjectStore store,
      View view,
      Turns turns,
      StateLimits limits,
      Codec codec,
      Supplier<ObjectSql> sql) {
    this.object = object;
    this.store = store;
    this.view = view;
    this.turns = turns;
    this.turn = turns.turn();
    this.limits = limits;
    this.sql = sql;
    this.reader = new ValueReader(this, codec);
  }

  private void check() {
    turns.checkThread();
    if (turns.turn() != turn) {
      throw new IllegalStateException(
          "%s: a view of the past ends with the turn in which it was got; get another"
              .formatted(object));
    }
  }

  @Override
  public StateLimits limits() {
    return limits;
  }

  @Override
  public byte @Nullable [] get(EntryKey key) {
    return store.get(object, key, view);
  }

  @Override
  public List<Entry> page(ScanRange range) {
    List<Entry> page = new ArrayList<>();
    StoredEntries entries = new StoredEntries(store, object, range, view);
    long bytes = 0;
    while (page.size() < range.maxEntries() && bytes < range.maxBytes() && entries.hasNext()) {
      Entry entry = entry(entries.next());
      page.add(entry);
      bytes += entry.key().length() + entry.value().length;
    }
    return page;
  }

  private static Entry entry(Map.Entry<EntryKey, byte[]> stored) {
    return new Entry(stored.getKey(), stored.getValue());
  }

  @Override
  public <T> Optional<T> get(String key, Class<T> type) {
    check();
    return reader.get(key, type);
  }

  @Override
  public <T> Optional<T> get(String key, TypeRef<T> type) {
    check();
    return reader.get(key, type.type());
  }

  @Override
  public <T> SequencedMap<String, T> list(Class<T> type, KeyRange range) {
    check();
    return reader.list(type, range);
  }

  @Override
  public <T> SequencedMap<String, T> list(TypeRef<T> type, KeyRange range) {
    check();
    return reader.list(type.type(), range);
  }

  @Override
  public <T> Stream<Map.Entry<String, T>> scan(Class<T> type, KeyRange range) {
    check();
    StoredEntries entries = new StoredEntries(store, object, ValueReader.range(range), view);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(entries, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .limit(range.limit())
        .map(
            stored -> {
              check();
              return reader.decode(entry(stored), type);
            });
  }

  @Override
  public SqlRows query(String statement, @Nullable Object... bindings) {
    check();
    return sql.get().queryPast(view, statement, bindings);
  }
}
