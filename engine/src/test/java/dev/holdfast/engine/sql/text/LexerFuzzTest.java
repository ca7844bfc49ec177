// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the text is, its tokens follow each other, and only blanks are between them. */
final class LexerFuzzTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 1_000_000 : 20_000;
  private static final long SEED = Long.getLong("holdfast.seed", System.nanoTime());

  private static final List<String> PARTS =
      List.of(
          "'",
          "\"",
          "`",
          "[",
          "]",
          "''",
          "--",
          "/*",
          "*/",
          "\n",
          "\r",
          " ",
          "\t",
          "\u000b",
          ";",
          "(",
          ")",
          ".",
          ",",
          "?",
          "?1",
          ":",
          "::",
          "@",
          "$",
          "#",
          "$a(",
          "x'",
          "X'0'",
          "0x",
          "1e",
          "1e+",
          "+",
          "-",
          "e",
          "1",
          ".5",
          "select",
          "END",
          "CREATE",
          "TRIGGER",
          "BEGIN",
          "OR",
          "ROLLBACK",
          "PRAGMA",
          "EXPLAIN",
          "_",
          "ä",
          "\ufeff",
          "\ud83d\ude00",
          "\ud83d",
          "\\",
          "!",
          "=",
          "%",
          "\u0001",
          "\u007f",
          "\u00a0");

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(20); i > 0; i--) {
      text.append(
          random.nextInt(8) == 0
              ? String.valueOf((char) random.nextInt(random.nextBoolean() ? 128 : 65_536))
              : PARTS.get(random.nextInt(PARTS.size())));
    }
    return text.toString();
  }

  @Test
  void tokens_cover_the_text_in_order() {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      String text = text(random);
      int end = 0;
      for (Token token : LexerTest.tokens(text)) {
        assertThat(token.start()).as("seed %d: %s", SEED, text).isGreaterThanOrEqualTo(end);
        assertThat(token.end()).as("seed %d: %s", SEED, text).isGreaterThan(token.start());
        assertThat(LexerTest.tokens(text.substring(end, token.start())))
            .as("seed %d: between tokens of %s", SEED, text)
            .isEmpty();
        end = token.end();
      }
      assertThat(end).isLessThanOrEqualTo(text.length());
      assertThat(LexerTest.tokens(text.substring(end)))
          .as("seed %d: behind the tokens of %s", SEED, text)
          .isEmpty();
    }
  }

  @Test
  void a_text_has_statements_or_is_refused() {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      String text = text(random);
      try {
        int end = 0;
        for (Script.Statement statement : Script.parse(text).statements()) {
          int start = text.indexOf(statement.text(), end);
          assertThat(start).as("seed %d: %s", SEED, text).isGreaterThanOrEqualTo(end);
          end = start + statement.text().length();
        }
      } catch (IllegalArgumentException e) {
        assertThat(e).as("seed %d: %s", SEED, text).hasMessageNotContaining("null");
      }
    }
  }

  @Test
  void a_long_text_takes_time_by_its_length() {
    for (String part : PARTS) {
      assertThat(LexerTest.tokens(part.repeat(200_000))).hasSizeLessThanOrEqualTo(600_000);
    }
  }
}
