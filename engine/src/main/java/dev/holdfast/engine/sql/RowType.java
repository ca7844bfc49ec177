// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How rows with certain columns become values of a type. Immutable. */
sealed interface RowType {

  /**
   * The value of a row.
   *
   * @param row null, Long, Double, String or {@code byte[]} for each column
   * @return null if it is a single value that is NULL
   */
  @Nullable Object read(@Nullable Object[] row);

  /**
   * How rows with these columns become values of {@code type}.
   *
   * @throws IllegalArgumentException if they cannot
   */
  static RowType of(Class<?> type, List<String> columns) {
    if (type == Object[].class) {
      return new Whole();
    }
    if (Values.isKnown(type)) {
      if (columns.size() != 1) {
        throw new IllegalArgumentException(
            "a %s is read from one column, found %d: %s; use a record"
                .formatted(type.getTypeName(), columns.size(), columns));
      }
      return new Single(type, columns.getFirst());
    }
    if (type.isRecord()) {
      return Components.of(type, columns);
    }
    throw new IllegalArgumentException(
        "rows are read as records, Object[], or one of the types of a value, not as "
            + type.getTypeName());
  }

  /** A row as it is. */
  record Whole() implements RowType {
    @Override
    public Object read(@Nullable Object[] row) {
      return row;
    }
  }

  /** The only column. */
  record Single(Class<?> type, String column) implements RowType {
    @Override
    public @Nullable Object read(@Nullable Object[] row) {
      Object value = row[0];
      if (value == null) {
        if (type.isPrimitive()) {
          throw new IllegalArgumentException(
              "%s: expected a %s, found NULL".formatted(column, type));
        }
        return null;
      }
      return Values.fromSql(value, type, column);
    }
  }

  /**
   * A record.
   *
   * @param parts its components, in order
   */
  record Components(Constructor<?> constructor, List<Part> parts) implements RowType {

    /**
     * One component.
     *
     * @param index of its column
     * @param type of the value
     * @param optional whether it is an Optional of that
     */
    private record Part(String name, int index, Class<?> type, boolean optional) {
      @Nullable Object of(@Nullable Object value) {
        if (value == null) {
          if (type.isPrimitive()) {
            throw new IllegalArgumentException(
                "%s: expected a %s, found NULL; make the component an Optional or a reference"
                    .formatted(name, type));
          }
          return optional ? Optional.empty() : null;
        }
        Object read = Values.fromSql(value, type, name);
        return optional ? Optional.of(read) : read;
      }
    }

    static Components of(Class<?> type, List<String> columns) {
      List<String> plain = columns.stream().map(Components::plain).toList();
      RecordComponent[] components = type.getRecordComponents();
      List<Part> parts = new ArrayList<>();
      Set<Integer> taken = new HashSet<>();
      for (RecordComponent component : components) {
        String name = component.getName();
        int index = plain.lastIndexOf(plain(name));
        if (index < 0) {
          throw new IllegalArgumentException(
              "%s has the component %s, found no such column among %s"
                  .formatted(type.getTypeName(), name, columns));
        }
        taken.add(index);
        parts.add(part(type, component, index));
      }
      for (int i = 0; i < columns.size(); i++) {
        if (!taken.contains(i) && plain.lastIndexOf(plain.get(i)) == i) {
          throw new IllegalArgumentException(
              "the column %s has no component in %s; do not select it, or add one"
                  .formatted(columns.get(i), type.getTypeName()));
        }
      }
      return new Components(constructor(type, components), parts);
    }

    private static Part part(Class<?> record, RecordComponent component, int index) {
      Class<?> value = component.getType();
      boolean optional = value == Optional.class;
      if (optional
          && component.getGenericType() instanceof ParameterizedType generic
          && generic.getActualTypeArguments()[0] instanceof Class<?> inner) {
        value = inner;
      }
      if (!Values.isKnown(value)) {
        Type found = component.getGenericType();
        throw new IllegalArgumentException(
            "%s: the component %s is a %s, which is no type of a value"
                .formatted(record.getTypeName(), component.getName(), found.getTypeName()));
      }
      return new Part(component.getName(), index, value, optional);
    }

    private static Constructor<?> constructor(Class<?> type, RecordComponent[] components) {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      try {
        Constructor<?> canonical = type.getDeclaredConstructor(types);
        canonical.setAccessible(true);
        return canonical;
      } catch (NoSuchMethodException e) {
        throw new IllegalStateException("every record has its canonical constructor", e);
      }
    }

    private static String plain(String name) {
      return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    @Override
    public Object read(@Nullable Object[] row) {
      @Nullable Object[] arguments = new Object[parts.size()];
      for (int i = 0; i < arguments.length; i++) {
        Part part = parts.get(i);
        arguments[i] = part.of(row[part.index]);
      }
      try {
        return constructor.newInstance(arguments);
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof RuntimeException thrown) {
          throw thrown;
        }
        throw new IllegalStateException(e.getCause());
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(constructor + " cannot be called", e);
      }
    }
  }
}
