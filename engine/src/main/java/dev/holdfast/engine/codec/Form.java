// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * How values of one type are written and read. Forms make a graph: a record's form refers to those
 * of its components, and recursive types make it cyclic. Immutable once {@link Forms} has published
 * it, thread-safe.
 *
 * <p>A form writes exactly one value to the generator. It reads with the parser on the value's
 * first token and leaves it on the last. Both throw {@link Mismatch}, or pass on what Jackson
 * throws.
 */
abstract sealed class Form
    permits LeafForm,
        EnumForm,
        RecordForm,
        SealedForm,
        CollectionForm,
        MapForm,
        ArrayForm,
        OptionalForm,
        DynamicForm,
        RefusedForm {

  /** What an object takes in memory beside what it holds, roughly. */
  static final int OBJECT_BYTES = 16;

  /** Writes a value that is not null. */
  abstract void writeValue(Object value, JsonGenerator out);

  /** Reads a value whose first token is not null's. */
  abstract Object readValue(JsonParser in);

  /** The type, as a message names it. */
  abstract String name();

  /** The forms that this one is made of. */
  List<Form> parts() {
    return List.of();
  }

  /** Whether a value of this type can be changed in place, its parts aside. */
  abstract boolean mutable();

  /**
   * About how many bytes of memory a value takes. Only asked of types that are shareable; what is
   * not of the type weighs little, since the compiler may have let it through.
   */
  final long weigh(@Nullable Object value) {
    return value == null ? 0 : weighValue(value);
  }

  /** As {@link #weigh}, of a value that is not null. */
  long weighValue(Object value) {
    return OBJECT_BYTES;
  }

  /** Whether all values weigh the same, null aside. */
  boolean weighsTheSame() {
    return false;
  }

  /** What a null in the bytes stands for. */
  @Nullable Object ofNull() {
    return null;
  }

  /** What a component that the bytes do not have stands for. */
  @Nullable Object absent() {
    return ofNull();
  }

  final void write(@Nullable Object value, JsonGenerator out) {
    if (value != null) {
      writeValue(value, out);
    } else {
      writeNull(out);
    }
  }

  void writeNull(JsonGenerator out) {
    out.writeNull();
  }

  final @Nullable Object read(JsonParser in) {
    return in.currentToken() == JsonToken.VALUE_NULL ? ofNull() : readValue(in);
  }

  /** Unless the parser is on a token of that kind, the bytes are of another type. */
  final void require(JsonToken expected, JsonParser in) {
    if (in.currentToken() != expected) {
      throw unexpected(in);
    }
  }

  final Mismatch unexpected(JsonParser in) {
    return new Mismatch("expected " + name() + ", found " + describe(in.currentToken()));
  }

  final Mismatch notA(Object value) {
    return new Mismatch("expected " + name() + ", found a " + value.getClass().getTypeName());
  }

  private static String describe(@Nullable JsonToken token) {
    return switch (token) {
      case null -> "the end of the bytes";
      case START_OBJECT -> "a map";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT -> "an integer";
      case VALUE_NUMBER_FLOAT -> "a floating-point number";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case VALUE_NULL -> "null";
      case VALUE_EMBEDDED_OBJECT -> "bytes";
      case END_OBJECT, END_ARRAY, PROPERTY_NAME, NOT_AVAILABLE -> "no value";
    };
  }
}
