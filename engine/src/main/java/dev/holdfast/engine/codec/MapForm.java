// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A map: a CBOR map if every key is a text, else an array of each key followed by its value,
 * because keys may be of any type. Which of the two depends on the value alone; both are read. It
 * is read as a mutable map that keeps the order.
 */
final class MapForm extends Form {
  /** The types that can be read, each with the one that is made. */
  private static final Map<Class<?>, Supplier<Map<@Nullable Object, @Nullable Object>>> MAKERS =
      Map.ofEntries(
          Map.entry(Map.class, LinkedHashMap::new),
          Map.entry(SequencedMap.class, LinkedHashMap::new),
          Map.entry(HashMap.class, HashMap::new),
          Map.entry(LinkedHashMap.class, LinkedHashMap::new),
          Map.entry(SortedMap.class, TreeMap::new),
          Map.entry(NavigableMap.class, TreeMap::new),
          Map.entry(TreeMap.class, TreeMap::new),
          Map.entry(ConcurrentMap.class, ConcurrentHashMap::new),
          Map.entry(ConcurrentHashMap.class, ConcurrentHashMap::new));

  private final Class<?> type;
  private final Supplier<Map<@Nullable Object, @Nullable Object>> maker;
  private final Form key;
  private final Form value;

  private MapForm(
      Class<?> type,
      Supplier<Map<@Nullable Object, @Nullable Object>> maker,
      Form key,
      Form value) {
    this.type = type;
    this.maker = maker;
    this.key = key;
    this.value = value;
  }

  static boolean supports(Class<?> type) {
    return MAKERS.containsKey(type);
  }

  static MapForm of(Class<?> type, Form key, Form value) {
    Supplier<Map<@Nullable Object, @Nullable Object>> maker = MAKERS.get(type);
    if (maker == null) {
      throw new IllegalArgumentException(type.getName() + " is not in the list of maps");
    }
    return new MapForm(type, maker, key, value);
  }

  @Override
  void writeValue(Object map, JsonGenerator out) {
    if (!(map instanceof Map<?, ?> entries)) {
      throw notA(map);
    }
    if (entries instanceof SortedMap<?, ?> sorted) {
      Orders.requireNatural(sorted.comparator(), type);
    }
    if (entries.keySet().stream().allMatch(MapForm::isName)) {
      writeNamed(entries, out);
    } else {
      writePairs(entries, out);
    }
  }

  private static boolean isName(@Nullable Object key) {
    return key instanceof String text && Texts.isUnicode(text);
  }

  private void writeNamed(Map<?, ?> entries, JsonGenerator out) {
    out.writeStartObject();
    entries.forEach(
        (name, item) -> {
          if (!(name instanceof String text)) {
            throw new Mismatch("the map changed while it was encoded");
          }
          out.writeName(text);
          writeItem(name, item, out);
        });
    out.writeEndObject();
  }

  private void writePairs(Map<?, ?> entries, JsonGenerator out) {
    out.writeStartArray();
    entries.forEach(
        (name, item) -> {
          try {
            key.write(name, out);
          } catch (Mismatch e) {
            throw e.under("[a key]");
          }
          writeItem(name, item, out);
        });
    out.writeEndArray();
  }

  private void writeItem(@Nullable Object name, @Nullable Object item, JsonGenerator out) {
    try {
      value.write(item, out);
    } catch (Mismatch e) {
      throw e.under(step(name));
    }
  }

  @Override
  Object readValue(JsonParser in) {
    Map<@Nullable Object, @Nullable Object> map = maker.get();
    switch (in.currentToken()) {
      case START_OBJECT -> readNamed(in, map);
      case START_ARRAY -> readPairs(in, map);
      case null, default -> throw unexpected(in);
    }
    return map;
  }

  private void readNamed(JsonParser in, Map<@Nullable Object, @Nullable Object> map) {
    for (String name = in.nextName(); name != null; name = in.nextName()) {
      Object named = named(name);
      in.nextToken();
      put(named, readItem(named, in), map);
    }
    require(JsonToken.END_OBJECT, in);
  }

  /** Keys that are texts are also written as texts by name, so only a String can stand for one. */
  private Object named(String name) {
    if (key instanceof LeafForm<?> leaf && leaf.type() == String.class) {
      return name;
    }
    throw new Mismatch("expected a key that is a " + key.name() + ", found a text");
  }

  private void readPairs(JsonParser in, Map<@Nullable Object, @Nullable Object> map) {
    while (in.nextToken() != JsonToken.END_ARRAY) {
      Object read;
      try {
        read = key.read(in);
      } catch (Mismatch e) {
        throw e.under("[a key]");
      }
      if (in.nextToken() == JsonToken.END_ARRAY) {
        throw new Mismatch("a key without a value");
      }
      put(read, readItem(read, in), map);
    }
  }

  private @Nullable Object readItem(@Nullable Object name, JsonParser in) {
    try {
      return value.read(in);
    } catch (Mismatch e) {
      throw e.under(step(name));
    }
  }

  private void put(
      @Nullable Object name, @Nullable Object item, Map<@Nullable Object, @Nullable Object> map) {
    try {
      map.put(name, item);
    } catch (RuntimeException e) {
      // No nulls, nothing without an order, or a hashCode or compareTo that fails.
      throw new Mismatch("a " + name() + " cannot hold this entry: " + e, e).under(step(name));
    }
  }

  /** Only a text is shown: another key's toString is foreign code. */
  private static String step(@Nullable Object name) {
    return name instanceof String text ? "[\"" + Texts.shorten(text) + "\"]" : "[a value]";
  }

  @Override
  Object absent() {
    return maker.get();
  }

  @Override
  List<Form> parts() {
    return List.of(key, value);
  }

  @Override
  boolean mutable() {
    return true;
  }

  @Override
  String name() {
    return type.getTypeName() + "<" + key.name() + ", " + value.name() + ">";
  }
}
