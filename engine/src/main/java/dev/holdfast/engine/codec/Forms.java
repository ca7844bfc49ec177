// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.lang.reflect.Type;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.TokenStreamFactory;

/**
 * The forms of all types met so far, each resolved once. Thread-safe; two threads that meet a type
 * at once may both resolve it, and either result will do.
 *
 * <p>It holds on to the classes it has met, so it must not outlive the application whose classes
 * they are.
 */
final class Forms {
  private final TokenStreamFactory factory;
  private final Map<Type, Form> declared = new ConcurrentHashMap<>();
  private final Map<Class<?>, Form> actual = new ConcurrentHashMap<>();
  private final Map<BoundType, Form> resolved = new ConcurrentHashMap<>();

  Forms(TokenStreamFactory factory) {
    this.factory = factory;
  }

  /** The form of a declared type. */
  Form of(Type type) {
    Form form = declared.get(type);
    if (form == null) {
      form = resolve(BoundType.of(type));
      declared.put(type, form);
    }
    return form;
  }

  /** The form of the class that {@code value} has, with its type arguments unknown. */
  Form ofValue(Object value) {
    Class<?> type = value.getClass();
    Form form = actual.get(type);
    if (form == null) {
      form = resolve(written(type));
      actual.put(type, form);
    }
    return form;
  }

  /** As what a value of class {@code type} is written: collections and zones hide their classes. */
  private static BoundType written(Class<?> type) {
    if (Enum.class.isAssignableFrom(type)) {
      return BoundType.erased(type.isEnum() ? type : type.getSuperclass());
    }
    if (type.isRecord() || Leaves.of(type) != null) {
      return BoundType.erased(type);
    }
    for (Class<?> open :
        List.of(SortedSet.class, Collection.class, SortedMap.class, Map.class, ZoneId.class)) {
      if (open.isAssignableFrom(type)) {
        return BoundType.erased(open);
      }
    }
    return BoundType.erased(type);
  }

  private Form resolve(BoundType type) {
    Form known = resolved.get(type);
    if (known != null) {
      return known;
    }
    FormResolution resolution = new FormResolution(this, factory, resolved);
    Form form = resolution.form(type);
    // Only now is every record complete, so that no other thread sees one that is not.
    resolved.putAll(resolution.fresh());
    return form;
  }
}
