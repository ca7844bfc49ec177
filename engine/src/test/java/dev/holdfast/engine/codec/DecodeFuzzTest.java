// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.TypeRef;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes are, they decode to a value or end in a {@link CodecException}. */
final class DecodeFuzzTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 100_000 : 200;

  private final Codec codec = new Codec();

  private static List<Type> types() {
    List<Type> types = new ArrayList<>(Model.comparable());
    types.add(Model.Arrays.class);
    types.add(byte[].class);
    types.add(double.class);
    types.add(Boolean.class);
    types.add(void.class);
    types.add(new TypeRef<Map<Model.Level, List<byte[]>>>() {}.type());
    return types;
  }

  @Test
  void random_bytes_do_not_break_it() {
    long seed = Samples.seed();
    Random random = new Random(seed);
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      for (Type type : types()) {
        decode(bytes, type, seed);
      }
    }
  }

  @Test
  void damaged_bytes_do_not_break_it() {
    long seed = Samples.seed();
    Random random = new Random(seed);
    Samples samples = new Samples(seed);
    List<Type> types = types();
    types.remove(void.class);
    for (int i = 0; i < ROUNDS; i++) {
      Type type = types.get(random.nextInt(types.size()));
      byte[] bytes = codec.encode(samples.value(type), type);
      Type other = random.nextInt(4) == 0 ? types.get(random.nextInt(types.size())) : type;
      decode(damage(bytes, random), other, seed);
    }
  }

  static byte[] damage(byte[] bytes, Random random) {
    byte[] damaged = bytes.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(damaged.length + 1);
      switch (random.nextInt(5)) {
        case 0 -> damaged = Arrays.copyOf(damaged, at);
        case 3 -> damaged = withHead(damaged, at, random);
        case 1 -> damaged = Arrays.copyOf(damaged, damaged.length + random.nextInt(5));
        case 2 -> {
          if (at < damaged.length) {
            damaged[at] = (byte) random.nextInt();
          }
        }
        default -> {
          if (at < damaged.length) {
            damaged[at] ^= (byte) (1 << random.nextInt(8));
          }
        }
      }
    }
    return damaged;
  }

  /** The same with the head of an item more or in place of another, often one that lies. */
  private static byte[] withHead(byte[] bytes, int at, Random random) {
    ByteBuffer head = ByteBuffer.allocate(9).put((byte) (random.nextInt(8) << 5 | 27));
    head.putLong(random.nextLong() >>> random.nextInt(64));
    int skipped = Math.min(bytes.length, at + random.nextInt(3));
    return ByteBuffer.allocate(at + 9 + bytes.length - skipped)
        .put(bytes, 0, at)
        .put(head.array())
        .put(bytes, skipped, bytes.length - skipped)
        .array();
  }

  /** What decodes is a value as any other: it can be encoded, and copied. */
  private void decode(byte[] bytes, Type type, long seed) {
    try {
      Object value = codec.decode(bytes, type);
      if (value != null && Model.comparable().contains(type)) {
        assertThat(codec.decode(codec.encode(value, type), type)).isEqualTo(value);
        assertThat(codec.copierOf(type).copy(value)).isEqualTo(value);
      }
    } catch (CodecException e) {
      assertThat(e.getMessage()).contains(type.getTypeName());
    } catch (RuntimeException | Error e) {
      throw new AssertionError(
          "seed " + seed + ", " + type + ": " + HexFormat.of().formatHex(bytes), e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5b7fffffffffffffff", // a byte string of 2^63 - 1
        "5b000000007fffffff00", // a byte string of 2^31 - 1
        "7b000000007fffffff00", // a text of 2^31 - 1
        "9b7fffffffffffffff", // an array of 2^63 - 1
        "9a7fffffff", // an array of 2^31 - 1
        "ba7fffffff", // a map of 2^31 - 1
        "c25b000000007fffffff00", // an integer of 2^31 - 1 bytes
        "c4821a7fffffff1a7fffffff", // 2147483647e2147483647
        "c482c249ffffffffffffffffff01", // an exponent of 72 bits
        "5f5f5f5f", // strings in strings
        "",
        "ff",
      })
  void lengths_that_lie_take_no_memory(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    for (Type type :
        List.of(byte[].class, String.class, Long.class, Model.Tree.class, long[].class)) {
      assertThatThrownBy(() -> codec.decode(bytes, type)).isInstanceOf(CodecException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x81, 0x9f, 0xa1, 0xbf, 0xc4, 0xd9})
  void endless_nesting_takes_neither_stack_nor_time(int start) {
    byte[] bytes = new byte[1 << 20];
    Arrays.fill(bytes, (byte) start);
    for (Type type : types()) {
      assertThatThrownBy(() -> codec.decode(bytes, type)).isInstanceOf(CodecException.class);
    }
  }
}
