// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.SequencedCollection;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A list, set or queue: an array of its elements in iteration order. It is read as a mutable
 * collection that keeps that order.
 */
final class CollectionForm extends Form {
  /** The types that can be read, each with the one that is made. */
  private static final Map<Class<?>, Supplier<Collection<@Nullable Object>>> MAKERS =
      Map.ofEntries(
          Map.entry(Collection.class, ArrayList::new),
          Map.entry(SequencedCollection.class, ArrayList::new),
          Map.entry(List.class, ArrayList::new),
          Map.entry(ArrayList.class, ArrayList::new),
          Map.entry(Queue.class, ArrayDeque::new),
          Map.entry(Deque.class, ArrayDeque::new),
          Map.entry(ArrayDeque.class, ArrayDeque::new),
          Map.entry(Set.class, LinkedHashSet::new),
          Map.entry(SequencedSet.class, LinkedHashSet::new),
          Map.entry(HashSet.class, HashSet::new),
          Map.entry(LinkedHashSet.class, LinkedHashSet::new),
          Map.entry(SortedSet.class, TreeSet::new),
          Map.entry(NavigableSet.class, TreeSet::new),
          Map.entry(TreeSet.class, TreeSet::new));

  private final Class<?> type;
  private final Supplier<Collection<@Nullable Object>> maker;
  private final Form element;

  private CollectionForm(
      Class<?> type, Supplier<Collection<@Nullable Object>> maker, Form element) {
    this.type = type;
    this.maker = maker;
    this.element = element;
  }

  static boolean supports(Class<?> type) {
    return MAKERS.containsKey(type);
  }

  static CollectionForm of(Class<?> type, Form element) {
    Supplier<Collection<@Nullable Object>> maker = MAKERS.get(type);
    if (maker == null) {
      throw new IllegalArgumentException(type.getName() + " is not in the list of collections");
    }
    return new CollectionForm(type, maker, element);
  }

  @Override
  void writeValue(Object value, JsonGenerator out) {
    if (!(value instanceof Collection<?> collection)) {
      throw notA(value);
    }
    if (collection instanceof SortedSet<?> sorted) {
      Orders.requireNatural(sorted.comparator(), type);
    }
    // Of indefinite length: a concurrent collection may change between size() and the last element.
    out.writeStartArray();
    int index = 0;
    for (Object item : collection) {
      try {
        element.write(item, out);
      } catch (Mismatch e) {
        throw e.underIndex(index);
      }
      index++;
    }
    out.writeEndArray();
  }

  @Override
  Object readValue(JsonParser in) {
    require(JsonToken.START_ARRAY, in);
    Collection<@Nullable Object> collection = maker.get();
    int index = 0;
    for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
      try {
        add(element.read(in), collection);
      } catch (Mismatch e) {
        throw e.underIndex(index);
      }
      index++;
    }
    return collection;
  }

  private void add(@Nullable Object item, Collection<@Nullable Object> collection) {
    try {
      collection.add(item);
    } catch (RuntimeException e) {
      // No nulls, nothing without an order, or a hashCode or compareTo that fails.
      throw new Mismatch("a " + name() + " cannot hold this element: " + e, e);
    }
  }

  @Override
  Object absent() {
    return maker.get();
  }

  @Override
  List<Form> parts() {
    return List.of(element);
  }

  @Override
  boolean mutable() {
    return true;
  }

  @Override
  String name() {
    return type.getTypeName() + "<" + element.name() + ">";
  }
}
