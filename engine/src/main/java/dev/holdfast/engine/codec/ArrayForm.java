// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** An array other than of bytes: an array of its elements. */
final class ArrayForm extends Form {
  private final Class<?> type;
  private final Class<?> component;
  private final Form element;

  ArrayForm(Class<?> type, Form element) {
    this.type = type;
    this.component = type.getComponentType();
    this.element = element;
  }

  @Override
  void writeValue(Object value, JsonGenerator out) {
    switch (value) {
      case int[] numbers when type == int[].class -> out.writeArray(numbers, 0, numbers.length);
      case long[] numbers when type == long[].class -> out.writeArray(numbers, 0, numbers.length);
      case double[] numbers when type == double[].class ->
          out.writeArray(numbers, 0, numbers.length);
      default -> writeElements(value, out);
    }
  }

  private void writeElements(Object value, JsonGenerator out) {
    if (!type.isInstance(value)) {
      throw notA(value);
    }
    int length = Array.getLength(value);
    out.writeStartArray(null, length);
    for (int i = 0; i < length; i++) {
      try {
        element.write(Array.get(value, i), out);
      } catch (Mismatch e) {
        throw e.underIndex(i);
      }
    }
    out.writeEndArray();
  }

  @Override
  Object readValue(JsonParser in) {
    require(JsonToken.START_ARRAY, in);
    // The length in the bytes is not believed: room is made as elements come.
    List<@Nullable Object> elements = new ArrayList<>();
    for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
      try {
        elements.add(element.read(in));
      } catch (Mismatch e) {
        throw e.underIndex(elements.size());
      }
    }
    Object array = Array.newInstance(component, elements.size());
    for (int i = 0; i < elements.size(); i++) {
      Array.set(array, i, elements.get(i));
    }
    return array;
  }

  @Override
  Object absent() {
    return Array.newInstance(component, 0);
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
    return element.name() + "[]";
  }
}
