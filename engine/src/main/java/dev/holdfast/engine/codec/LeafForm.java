// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import dev.holdfast.ObjectId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** The form of a type that is one value to us: a number, a text, a time, bytes. */
final class LeafForm<T> extends Form {

  /** Writes a value. */
  @FunctionalInterface
  interface Writer<T> {
    void write(T value, JsonGenerator out);
  }

  /** Reads a value; throws {@link Mismatch} for a number that does not fit. */
  @FunctionalInterface
  interface Reader<T> {
    T read(JsonParser in);
  }

  /** The types whose values have any length; the others' values are objects of a few words. */
  private static final Set<Class<?>> OF_ANY_LENGTH =
      Set.of(
          String.class,
          URI.class,
          BigInteger.class,
          BigDecimal.class,
          ObjectId.class,
          byte[].class);

  private final Class<T> type;
  private final Writer<T> writer;
  private final Reader<T> reader;
  private final Kind kind;
  private final String name;

  /** What sets leaves apart besides how they are written. */
  private enum Kind {
    IMMUTABLE,
    MUTABLE,
    PRIMITIVE
  }

  private LeafForm(Class<T> type, Writer<T> writer, Reader<T> reader, Kind kind, String name) {
    this.type = type;
    this.writer = writer;
    this.reader = reader;
    this.kind = kind;
    this.name = name;
  }

  static <T> LeafForm<T> of(Class<T> type, Writer<T> writer, Reader<T> reader) {
    return new LeafForm<>(type, writer, reader, Kind.IMMUTABLE, type.getTypeName());
  }

  static <T> LeafForm<T> mutable(Class<T> type, Writer<T> writer, Reader<T> reader) {
    return new LeafForm<>(type, writer, reader, Kind.MUTABLE, type.getTypeName());
  }

  /** The same for the primitive type: null and missing are errors. */
  LeafForm<T> primitive(Class<T> primitive) {
    return new LeafForm<>(type, writer, reader, Kind.PRIMITIVE, primitive.getTypeName());
  }

  Class<T> type() {
    return type;
  }

  @Override
  void writeValue(Object value, JsonGenerator out) {
    if (!type.isInstance(value)) {
      throw notA(value);
    }
    writer.write(type.cast(value), out);
  }

  @Override
  void writeNull(JsonGenerator out) {
    if (kind == Kind.PRIMITIVE) {
      throw new Mismatch("expected " + name + ", found null");
    }
    super.writeNull(out);
  }

  @Override
  Object readValue(JsonParser in) {
    return reader.read(in);
  }

  @Override
  @Nullable Object ofNull() {
    if (kind == Kind.PRIMITIVE) {
      throw new Mismatch("expected " + name + ", found null");
    }
    return null;
  }

  @Override
  @Nullable Object absent() {
    if (kind == Kind.PRIMITIVE) {
      throw new Mismatch(
          "missing, and a " + name + " has no null; make the component a reference type");
    }
    return null;
  }

  @Override
  long weighValue(Object value) {
    return OBJECT_BYTES
        + switch (value) {
          case String text -> OBJECT_BYTES + 2L * text.length();
          case URI uri -> OBJECT_BYTES + 2L * uri.toString().length();
          case BigInteger number -> OBJECT_BYTES + number.bitLength() / Byte.SIZE;
          case BigDecimal number ->
              2 * OBJECT_BYTES + number.unscaledValue().bitLength() / Byte.SIZE;
          case ObjectId id -> ObjectId.BYTES + 2L * id.name().map(String::length).orElse(0);
          default -> Long.BYTES;
        };
  }

  @Override
  boolean weighsTheSame() {
    return !OF_ANY_LENGTH.contains(type);
  }

  @Override
  boolean mutable() {
    return kind == Kind.MUTABLE;
  }

  @Override
  String name() {
    return name;
  }
}
