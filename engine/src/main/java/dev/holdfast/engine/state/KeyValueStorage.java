// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.History;
import dev.holdfast.KeyRange;
import dev.holdfast.LimitExceededException;
import dev.holdfast.Storage;
import dev.holdfast.TypeRef;
import dev.holdfast.engine.codec.Codec;
import dev.holdfast.store.EntryKey;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The key-value storage that object code sees: checks, encodes, and leaves the rest to the state.
 */
public final class KeyValueStorage implements Storage {
  private final Turns turns;
  private final ObjectState state;
  private final Codec codec;
  private final ValueReader reader;
  private final Supplier<History> history;
  private final AppendedKeys appended;

  /**
   * The storage of the activation whose turns are {@code turns}.
   *
   * @param history its past
   */
  public KeyValueStorage(Turns turns, ObjectState state, Codec codec, Supplier<History> history) {
    this.turns = turns;
    this.state = state;
    this.codec = codec;
    this.reader = new ValueReader(state, codec);
    this.history = history;
    this.appended = new AppendedKeys(turns, state);
  }

  @Override
  public <T> Optional<T> get(String key, Class<T> type) {
    return read(key, type);
  }

  @Override
  public <T> Optional<T> get(String key, TypeRef<T> type) {
    return read(key, type.type());
  }

  private <T> Optional<T> read(String key, Type type) {
    turns.checkThread();
    return reader.get(key, type);
  }

  @Override
  public long storedBytes() {
    turns.checkThread();
    return state.bytes();
  }

  @Override
  public <T> SequencedMap<String, T> getAll(Collection<String> keys, Class<T> type) {
    turns.checkThread();
    TreeMap<EntryKey, String> ordered = new TreeMap<>();
    keys.forEach(key -> ordered.put(KeyEncoding.encode(key, state.limits()), key));
    SequencedMap<String, T> found = new LinkedHashMap<>();
    long bytes = 0;
    for (Map.Entry<EntryKey, String> key : ordered.entrySet()) {
      byte[] value = state.get(key.getKey());
      if (value != null) {
        bytes += key.getKey().length() + value.length;
        reader.requireListable(bytes, "getAll", "these keys; ask for fewer of them, or use scan");
        found.put(key.getValue(), reader.decode(key.getValue(), value, type));
      }
    }
    return found;
  }

  @Override
  public void put(String key, Object value) {
    turns.checkThread();
    EntryKey encodedKey = KeyEncoding.encode(key, state.limits());
    state.put(encodedKey, encode(key, value));
  }

  @Override
  public void putAll(Map<String, ?> entries) {
    turns.checkThread();
    Map<EntryKey, byte[]> encoded = new TreeMap<>();
    entries.forEach(
        (key, value) -> encoded.put(KeyEncoding.encode(key, state.limits()), encode(key, value)));
    allOrNothing(() -> encoded.forEach(state::put));
  }

  private void allOrNothing(Runnable writes) {
    state.beginTransaction();
    try {
      writes.run();
    } catch (Throwable t) {
      state.rollbackTransaction();
      throw t;
    }
    state.commitTransaction();
  }

  @Override
  public String append(String prefix, Object value) {
    turns.checkThread();
    String key = appended.next(prefix);
    put(key, value);
    appended.used();
    return key;
  }

  private byte[] encode(String key, Object value) {
    if (value == null) {
      throw new IllegalArgumentException(
          "put " + key + ": the value is null; use delete to remove an entry");
    }
    byte[] encoded;
    try {
      encoded = codec.encode(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("put " + key + ": " + e.getMessage(), e);
    }
    int limit = state.limits().valueBytes();
    if (encoded.length > limit) {
      throw new LimitExceededException(
          "put %s: the value has %d bytes encoded, limit %d (limits.value-bytes); split it over several keys"
              .formatted(key, encoded.length, limit));
    }
    return encoded;
  }

  @Override
  public boolean delete(String key) {
    turns.checkThread();
    return delete(KeyEncoding.encode(key, state.limits()));
  }

  @Override
  public int delete(Collection<String> keys) {
    turns.checkThread();
    TreeSet<EntryKey> existing = new TreeSet<>();
    for (String key : keys) {
      EntryKey encoded = KeyEncoding.encode(key, state.limits());
      if (state.get(encoded) != null) {
        existing.add(encoded);
      }
    }
    allOrNothing(() -> existing.forEach(state::delete));
    return existing.size();
  }

  private boolean delete(EntryKey key) {
    boolean existed = state.get(key) != null;
    if (existed) {
      state.delete(key);
    }
    return existed;
  }

  @Override
  public void deleteAll() {
    turns.checkThread();
    if (state.inTransaction()) {
      throw new IllegalStateException("deleteAll inside a transaction; call it outside");
    }
    state.clear();
  }

  @Override
  public <T> SequencedMap<String, T> list(Class<T> type, KeyRange range) {
    return list(TypeRef.of(type), range);
  }

  @Override
  public <T> SequencedMap<String, T> list(TypeRef<T> type, KeyRange range) {
    turns.checkThread();
    return reader.list(type.type(), range);
  }

  @Override
  public <T> Stream<Map.Entry<String, T>> scan(Class<T> type, KeyRange range) {
    turns.checkThread();
    return new LiveScan(turns, state, range).stream().map(entry -> reader.decode(entry, type));
  }

  @Override
  public void transaction(Runnable body) {
    transaction(
        () -> {
          body.run();
          return Boolean.TRUE;
        });
  }

  @Override
  public <T> T transaction(Supplier<T> body) {
    turns.checkThread();
    int around = state.depth();
    state.beginTransaction();
    T result;
    try {
      result = body.get();
      turns.checkThread();
      if (state.depth() > around + 1) {
        throw new IllegalStateException(
            "a transaction of JDBC that began inside the transaction was not ended there; commit it, or close its connection");
      }
    } catch (Throwable t) {
      try {
        state.rollbackTo(around);
      } catch (RuntimeException failedAction) {
        if (failedAction != t) {
          t.addSuppressed(failedAction);
        }
      }
      throw t;
    }
    state.commitTransaction();
    return result;
  }

  @Override
  public void rollback() {
    turns.checkThread();
    state.undoTransaction();
  }

  @Override
  public void onRollback(Runnable action) {
    turns.checkThread();
    state.onRollback(action);
  }

  @Override
  public void sync() {
    turns.checkThread();
    if (state.inTransaction()) {
      throw new IllegalStateException("sync inside a transaction; call it outside");
    }
    turns.sync();
  }

  @Override
  public History history() {
    turns.checkThread();
    return history.get();
  }
}
