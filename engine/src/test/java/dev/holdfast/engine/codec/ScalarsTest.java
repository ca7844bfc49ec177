// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.dataformat.cbor.CBORFactory;

/** The short cut writes and reads what Jackson does. */
final class ScalarsTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 200_000 : 5_000;
  private static final List<Class<?>> TYPES =
      List.of(Long.class, Integer.class, Double.class, Boolean.class, String.class, byte[].class);

  private final Codec codec = new Codec();
  private final CBORFactory jackson = new CBORFactory();

  @Test
  void jackson_writes_the_same_bytes_and_reads_them() {
    long seed = Samples.seed();
    Samples samples = new Samples(seed);
    for (int i = 0; i < ROUNDS; i++) {
      for (Class<?> type : TYPES) {
        Object value = Objects.requireNonNull(samples.value(type));
        if (value instanceof String text && !Texts.isUnicode(text)) {
          continue;
        }
        byte[] bytes = codec.encode(value);
        byte[] foreign = jacksonWrites(value);
        assertThat(jacksonReads(bytes)).as("seed %d", seed).isEqualTo(jacksonReads(foreign));
        assertThat(codec.decode(foreign, type)).as("seed %d", seed).isEqualTo(value);
        assertThat(codec.decode(bytes, type)).as("seed %d", seed).isEqualTo(value);
        if (!(value instanceof String)) {
          assertThat(bytes).as("seed %d, %s", seed, value).isEqualTo(foreign);
        }
      }
    }
  }

  private byte[] jacksonWrites(Object value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator generator = jackson.createGenerator(ObjectWriteContext.empty(), out)) {
      switch (value) {
        case Long number -> generator.writeNumber(number);
        case Integer number -> generator.writeNumber(number);
        case Double number -> generator.writeNumber(number);
        case Boolean flag -> generator.writeBoolean(flag);
        case String text -> generator.writeString(text);
        case byte[] bytes -> generator.writeBinary(bytes);
        default -> throw new AssertionError(value);
      }
    }
    return out.toByteArray();
  }

  private Object jacksonReads(byte[] bytes) {
    try (JsonParser parser = jackson.createParser(ObjectReadContext.empty(), bytes)) {
      return switch (parser.nextToken()) {
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
        case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
        case VALUE_STRING -> parser.getString();
        default -> parser.getBinaryValue();
      };
    }
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0, 23, 24, 255, 256, 65535, 65536, 0xffffffffL, 0x100000000L, Long.MAX_VALUE})
  void integers_take_the_fewest_bytes(long value) {
    assertThat(codec.encode(value)).isEqualTo(jacksonWrites(value));
    assertThat(codec.encode(~value)).isEqualTo(jacksonWrites(~value));
    assertThat(codec.decode(codec.encode(~value), Long.class)).isEqualTo(~value);
  }

  @Test
  void a_text_is_not_limited_to_what_a_head_of_one_byte_holds() {
    for (int length : new int[] {0, 1, 23, 24, 255, 256, 65535, 65536, 1 << 20}) {
      for (String letter : List.of("a", "ä", "😀")) {
        String text = letter.repeat(length);
        assertThat(codec.decode(codec.encode(text), String.class)).isEqualTo(text);
        assertThat(jacksonReads(codec.encode(text))).isEqualTo(text);
      }
    }
  }

  @Test
  void a_lone_surrogate_comes_back() {
    for (String text : List.of("\ud800", "a\udc00b", "\udc00\ud800", "\ud83d\ude00\ud83d")) {
      assertThat(codec.decode(codec.encode(text), String.class)).isEqualTo(text);
    }
  }
}
