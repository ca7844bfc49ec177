// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random text as URLs and header fields: it is taken or refused as a second reader says, which is
 * written after the standards and knows nothing of the first.
 */
class EdgeFuzzTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 1_000_000 : 5_000;

  private static final List<String> PIECES =
      List.of(
          "/",
          "//",
          "?",
          "#",
          "&",
          "=",
          "+",
          "%",
          "%2",
          "%2F",
          "%c3%a9",
          "%c3",
          "%a9",
          "%ff",
          "%00",
          "%zz",
          "%+1",
          "%\u0661\u0661",
          "%ed%a0%80",
          "%c0%af",
          "%f0%9f%98%80",
          "%f8%80",
          "é",
          "\ud83d\ude00",
          "\ud800",
          "a",
          "b",
          ".",
          "..",
          ":",
          "://",
          "http://h",
          "\0",
          "\n",
          " ",
          "\u007f",
          "\u0100",
          "\t");

  private final long seed = Long.getLong("holdfast.seed", System.nanoTime());
  private final Random random = new Random(seed);

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  private static <T> @Nullable T ifTaken(Supplier<T> attempt, String note) {
    try {
      return attempt.get();
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).as(note).isNotBlank();
      return null;
    }
  }

  @Test
  void a_path_is_taken_exactly_if_all_of_it_decodes() {
    for (int i = 0; i < ROUNDS; i++) {
      String target = "/" + text();
      String note = "seed %d, round %d: %s".formatted(seed, i, target);
      String bare = target.split("#", -1)[0];
      String[] halves = bare.split("\\?", 2);
      List<String> segments = new ArrayList<>();
      boolean decodes = halves.length < 2 || decoded(halves[1]) != null;
      for (String segment : halves[0].substring(1).split("/", -1)) {
        String decoded = decoded(segment);
        decodes &= decoded != null;
        segments.add(String.valueOf(decoded));
      }
      Url url = ifTaken(() -> Url.parse(target), note);
      assertThat(url != null).as(note).isEqualTo(decodes);
      if (url != null) {
        assertThat(url.segments()).as(note).isEqualTo(halves[0].equals("/") ? List.of() : segments);
        assertThat(Url.parse(url.toString())).as(note).isEqualTo(url);
        checkQuery(url, halves.length < 2 ? "" : halves[1], note);
      }
    }
  }

  private static void checkQuery(Url url, String query, String note) {
    assertThat(url.rawQuery()).as(note).isEqualTo(query);
    List<String> seen = new ArrayList<>();
    for (String pair : query.split("&", -1)) {
      if (!pair.isEmpty()) {
        String[] parts = pair.replace('+', ' ').split("=", 2);
        String name = decoded(parts[0]);
        // Escapes of one character may stand apart in the pair, but not in its halves.
        assertThat(name).as(note).isNotNull();
        if (name != null && !seen.contains(name)) {
          seen.add(name);
          assertThat(url.query(name)).as(note).hasValue(decoded(parts.length < 2 ? "" : parts[1]));
        }
      }
    }
  }

  /** The text with its escapes decoded; null if one is bad, or what they give is not UTF-8. */
  private static @Nullable String decoded(String raw) {
    if (!raw.contains("%")) {
      return raw;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String rest = raw;
    while (!rest.isEmpty()) {
      if (rest.startsWith("%")) {
        if (!rest.matches("(?s)%[0-9a-fA-F]{2}.*")) {
          return null;
        }
        bytes.write(Integer.parseInt(rest.substring(1, 3), 16));
        rest = rest.substring(3);
      } else {
        int next = rest.indexOf('%');
        bytes.writeBytes(rest.substring(0, next < 0 ? rest.length() : next).getBytes(UTF_8));
        rest = next < 0 ? "" : rest.substring(next);
      }
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  @Test
  void an_absolute_url_that_is_taken_reads_the_same_from_its_text() {
    for (int i = 0; i < ROUNDS; i++) {
      String text = random.nextBoolean() ? "http://h" + text() : text();
      String note = "seed %d, round %d: %s".formatted(seed, i, text);
      Url url = ifTaken(() -> Url.parse(text), note);
      if (url != null) {
        assertThat(url.path()).as(note).startsWith("/").doesNotContain("?", "#");
        assertThat(url.authority()).as(note).doesNotContain("/", "?", "#");
        assertThat(Url.parse(url.toString())).as(note).isEqualTo(url);
      }
    }
  }

  @Test
  void a_header_field_is_taken_exactly_if_one_line_carries_it() {
    for (int i = 0; i < ROUNDS; i++) {
      String name = random.nextBoolean() ? "a" : text();
      String value = text();
      String note = "seed %d, round %d: %s: %s".formatted(seed, i, name, value);
      boolean fits =
          name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+") && value.matches("[\t -~\u0080-\u00ff]*");
      Headers headers = ifTaken(() -> Headers.of(name, value), note);
      assertThat(headers != null).as(note).isEqualTo(fits);
      if (headers != null) {
        assertThat(headers.first(name)).as(note).hasValue(value);
        assertThat(new String(value.getBytes(ISO_8859_1), ISO_8859_1)).as(note).isEqualTo(value);
      }
    }
  }
}
