// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.KeyRange;
import dev.holdfast.LimitExceededException;
import dev.holdfast.engine.codec.Codec;
import dev.holdfast.store.Entry;
import dev.holdfast.store.ScanRange;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** Reads the values that user code has put. Object thread only. */
public final class ValueReader {
  private final Entries entries;
  private final Codec codec;

  /** A reader of those entries. */
  public ValueReader(Entries entries, Codec codec) {
    this.entries = entries;
    this.codec = codec;
  }

  /** The value under a key; empty if there is none. */
  public <T> Optional<T> get(String key, Type type) {
    byte[] value = entries.get(KeyEncoding.encode(key, entries.limits()));
    return value == null ? Optional.empty() : Optional.of(decode(key, value, type));
  }

  /** The entries of a range, in its order. */
  public <T> SequencedMap<String, T> list(Type type, KeyRange range) {
    SequencedMap<String, T> found = new LinkedHashMap<>();
    // One byte more than allowed is read, to tell all that is allowed from more than that.
    long readable = entries.limits().listBytes() + 1;
    long bytes = 0;
    for (Entry entry : entries.page(RangeEncoding.encode(range, readable))) {
      bytes += entry.key().length() + entry.value().length;
      requireListable(bytes, "list", "keys of this range; limit or narrow it, or use scan");
      String key = entry.key().text();
      found.put(key, decode(key, entry.value(), type));
    }
    return found;
  }

  /** The entries that a range of user keys has. */
  public static ScanRange range(KeyRange range) {
    return RangeEncoding.encode(range);
  }

  /** An entry as user code sees it. */
  public <T> Map.Entry<String, T> decode(Entry entry, Type type) {
    String key = entry.key().text();
    return Map.entry(key, decode(key, entry.value(), type));
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the codec honours the type
  <T> T decode(String key, byte[] value, Type type) {
    Object decoded;
    try {
      decoded = codec.decode(value, type);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("get " + key + ": " + e.getMessage(), e);
    }
    if (decoded == null) {
      throw new IllegalArgumentException(
          "get %s: an empty Optional is stored there, not a %s; ask for the type that was put"
              .formatted(key, type.getTypeName()));
    }
    return (T) decoded;
  }

  /** Unless so many bytes may be in memory at once, the caller must ask for less. */
  void requireListable(long bytes, String what, String advice) {
    long limit = entries.limits().listBytes();
    if (bytes > limit) {
      throw new LimitExceededException(
          "%s: more than %d bytes (limits.list-bytes) under %s".formatted(what, limit, advice));
    }
  }
}
