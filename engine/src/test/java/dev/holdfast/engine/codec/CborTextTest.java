// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Values as text. */
class CborTextTest {
  private static final JsonFactory JSON = new JsonFactory();

  private final Codec codec = new Codec();

  private static String json(byte[] cbor) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      CborText.writeJson(cbor, out);
    }
    return text.toString();
  }

  private static String diagnostic(byte[] cbor) {
    return CborText.diagnostic(cbor, 1_000_000);
  }

  // Examples of RFC 8949, appendix A, of what values can consist of.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "00 | 0 | 0",
        "1bffffffffffffffff | 18446744073709551615 | 18446744073709551615",
        "c249010000000000000000 | 18446744073709551616 | 18446744073709551616",
        "3bffffffffffffffff | -18446744073709551616 | -18446744073709551616",
        "20 | -1 | -1",
        "fb3ff199999999999a | 1.1 | 1.1",
        "fb7ff0000000000000 | Infinity | null",
        "fb7ff8000000000000 | NaN | null",
        "c48221196ab3 | 273.15 | 273.15",
        "f4 | false | false",
        "f6 | null | null",
        "4401020304 | h'01020304' | \"AQIDBA\"",
        "62225c | \"\\\"\\\\\" | \"\\\"\\\\\"",
        "8301820203820405 | [1, [2, 3], [4, 5]] | [1,[2,3],[4,5]]",
        "a26161016162820203 | {\"a\": 1, \"b\": [2, 3]} | {\"a\":1,\"b\":[2,3]}",
        "80 | [] | []",
        "a0 | {} | {}",
        "82a080 | [{}, []] | [{},[]]",
        "a1616180 | {\"a\": []} | {\"a\":[]}"
      })
  void examples_of_the_standard_are_shown_as_there(String hex, String shown, String json) {
    byte[] cbor = HexFormat.of().parseHex(hex);
    assertThat(diagnostic(cbor)).isEqualTo(shown);
    assertThat(json(cbor)).isEqualTo(json);
  }

  @Test
  void what_is_no_cbor_is_shown_as_bytes() {
    assertThat(diagnostic(new byte[] {(byte) 0xff, 1})).isEqualTo("h'ff01' (not CBOR)");
    assertThat(diagnostic(new byte[0])).isEqualTo("h'' (not CBOR)");
    assertThat(json(new byte[] {(byte) 0xff, 1})).isEqualTo("null");
    assertThat(json(new byte[0])).isEqualTo("null");
    assertThat(json(new byte[] {1, 2})).as("two values").isEqualTo("null");
  }

  @Test
  void what_a_terminal_would_obey_is_escaped_and_what_is_long_is_cut() {
    assertThat(diagnostic(codec.encode("\u001b[2J\u009b\u202e\u007f\u2066ä\ud83d\ude00")))
        .isEqualTo("\"\\u001b[2J\\u009b\\u202e\\u007f\\u2066ä\ud83d\ude00\"");
    assertThat(CborText.diagnostic(codec.encode("x".repeat(100)), 10)).isEqualTo("\"xxxxxxxxx…");
    assertThat(CborText.diagnostic(codec.encode("\ud83d\ude00".repeat(100)), 10))
        .isEqualTo("\"" + "\ud83d\ude00".repeat(4) + "…");
    assertThat(CborText.diagnostic(codec.encode(new byte[1000]), 10))
        .startsWith("h'0000")
        .endsWith("…");
  }

  @Test
  void random_values_become_json_that_can_be_read() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      byte[] cbor = codec.encode(value(random, 4));
      assertThat(tokens(json(cbor))).as("seed %d", seed).isGreaterThanOrEqualTo(1);
      assertThat(diagnostic(cbor)).as("seed %d", seed).doesNotContain("not CBOR");
    }
  }

  private static Object value(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 7 : 9)) {
      case 0 -> random.nextLong();
      case 1 -> new BigInteger(100, random);
      case 2 -> new BigDecimal(new BigInteger(100, random), random.nextInt(20));
      case 3 -> Double.longBitsToDouble(random.nextLong());
      case 4 -> random.nextBoolean();
      case 5 -> new byte[random.nextInt(5)];
      case 6 -> "t".repeat(random.nextInt(5)) + (char) random.nextInt(0xd800);
      case 7 -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(value(random, depth - 1));
        }
        yield list;
      }
      default -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put("k" + i, value(random, depth - 1));
        }
        yield map;
      }
    };
  }

  @Test
  void damaged_bytes_are_shown_somehow_and_never_fail() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 5_000; i++) {
      byte[] cbor = codec.encode(value(random, 3));
      byte[] damaged = Arrays.copyOf(cbor, random.nextInt(cbor.length + 3));
      for (int j = random.nextInt(3); j > 0 && damaged.length > 0; j--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      assertThat(diagnostic(damaged)).as("seed %d", seed).isNotEmpty();
      assertThat(tokens(json(damaged))).as("seed %d", seed).isGreaterThanOrEqualTo(1);
    }
    byte[] deep = new byte[1_000_000];
    Arrays.fill(deep, (byte) 0x81);
    assertThat(CborText.diagnostic(deep, 2_000)).contains("h'8181");
    assertThat(json(deep)).isEqualTo("null");
  }

  private static int tokens(String json) {
    int count = 0;
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json)) {
      while (in.nextToken() != null) {
        count++;
      }
    }
    return count;
  }
}
