// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import dev.holdfast.ObjectId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** The closed list of types that are one value to us, times apart: those are in {@link Times}. */
final class Leaves {
  private static final Map<Class<?>, LeafForm<?>> BY_TYPE = new HashMap<>();

  static {
    addNumber(
        Byte.class,
        byte.class,
        (value, out) -> out.writeNumber(value.shortValue()),
        in -> (byte) Numbers.readLong(in, Byte.MIN_VALUE, Byte.MAX_VALUE, "byte"));
    addNumber(
        Short.class,
        short.class,
        (value, out) -> out.writeNumber(value.shortValue()),
        in -> (short) Numbers.readLong(in, Short.MIN_VALUE, Short.MAX_VALUE, "short"));
    addNumber(
        Integer.class,
        int.class,
        (value, out) -> out.writeNumber(value.intValue()),
        in -> (int) Numbers.readLong(in, Integer.MIN_VALUE, Integer.MAX_VALUE, "int"));
    addNumber(
        Long.class,
        long.class,
        (value, out) -> out.writeNumber(value.longValue()),
        in -> Numbers.readLong(in, Long.MIN_VALUE, Long.MAX_VALUE, "long"));
    addNumber(
        Float.class,
        float.class,
        (value, out) -> out.writeNumber(value.floatValue()),
        in -> Numbers.readFloat(in, "float"));
    addNumber(
        Double.class,
        double.class,
        (value, out) -> out.writeNumber(value.doubleValue()),
        in -> Numbers.readDouble(in, "double"));
    // A char is a number of 16 bits, because not every char is a text.
    addNumber(
        Character.class,
        char.class,
        (value, out) -> out.writeNumber((int) value),
        in -> (char) Numbers.readLong(in, Character.MIN_VALUE, Character.MAX_VALUE, "char"));
    addNumber(Boolean.class, boolean.class, (value, out) -> out.writeBoolean(value), Leaves::flag);
    add(
        LeafForm.of(
            BigInteger.class, (value, out) -> out.writeNumber(value), Numbers::readBigInteger));
    add(
        LeafForm.of(
            BigDecimal.class, (value, out) -> out.writeNumber(value), Numbers::readBigDecimal));
    add(LeafForm.of(String.class, Texts::write, Texts::read));
    add(LeafForm.mutable(byte[].class, (value, out) -> out.writeBinary(value), Texts::bytes));
    add(LeafForm.of(UUID.class, Leaves::writeUuid, Leaves::readUuid));
    add(
        LeafForm.of(
            URI.class, (value, out) -> Texts.write(value.toString(), out), Leaves::readUri));
    add(
        LeafForm.of(
            ObjectId.class, (value, out) -> out.writeBinary(value.bytes()), Leaves::readId));
    LeafForm<Void> nothing =
        LeafForm.of(
            Void.class,
            (value, out) -> out.writeNull(),
            in -> {
              throw new Mismatch("expected nothing, found the token " + in.currentToken());
            });
    add(nothing);
    BY_TYPE.put(void.class, nothing);
    Times.all().forEach(Leaves::add);
  }

  private Leaves() {}

  /** The form of {@code type}, or null if it is not in the list. */
  static @Nullable LeafForm<?> of(Class<?> type) {
    return BY_TYPE.get(type);
  }

  private static void add(LeafForm<?> form) {
    BY_TYPE.put(form.type(), form);
  }

  private static <T> void addNumber(
      Class<T> boxed, Class<T> primitive, LeafForm.Writer<T> writer, LeafForm.Reader<T> reader) {
    LeafForm<T> form = LeafForm.of(boxed, writer, reader);
    add(form);
    BY_TYPE.put(primitive, form.primitive(primitive));
  }

  private static boolean flag(JsonParser in) {
    return switch (in.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case null, default ->
          throw new Mismatch("expected a boolean, found the token " + in.currentToken());
    };
  }

  private static void writeUuid(UUID id, JsonGenerator out) {
    out.writeBinary(
        ByteBuffer.allocate(16)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array());
  }

  private static UUID readUuid(JsonParser in) {
    byte[] bytes = Texts.bytes(in);
    if (bytes.length != 16) {
      throw new Mismatch("expected a java.util.UUID of 16 bytes, found " + bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  private static URI readUri(JsonParser in) {
    String text = Texts.read(in);
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new Mismatch("expected a java.net.URI, found a text that is none", e);
    }
  }

  /** The bytes alone: how an id was made is a remark that equality does not see either. */
  private static ObjectId readId(JsonParser in) {
    byte[] bytes = Texts.bytes(in);
    if (bytes.length != ObjectId.BYTES) {
      throw new Mismatch(
          "expected an object id of " + ObjectId.BYTES + " bytes, found " + bytes.length);
    }
    return ObjectId.of(bytes, null);
  }
}
