// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files: each is a configuration, or everything that is wrong is said with its line. */
class AppConfigFuzzTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 100_000 : 300;

  private static final String WHOLE =
      """
      name = "shop"                  # é
      worker = "shop.ShopWorker"

      [[object]]
      namespace = "Cart"
      class = "shop.CartObject"
      interface = 'shop.Cart'

      [[object]]
      namespace = "Stock"
      class = "shop.StockObject"

      [server]
      host = "0.0.0.0"
      port = 8080

      [data]
      directory = "data"

      [history]
      every-second-s = 3_600
      every-hour-s = 0

      [limits]
      connections = 20_000
      body-ms = 30000
      cache-bytes = 1000000000
      idle-ms = 0
      """;

  private static final List<String> PIECES =
      List.of(
          "\n",
          "\r",
          "\0",
          "\"",
          "'",
          "\"\"\"",
          "'''",
          "[",
          "]",
          "[[",
          "]]",
          "{",
          "}",
          "=",
          ".",
          ",",
          "#",
          "-",
          "99999999999999999999",
          "1e400",
          "0x7fffffffffffffff",
          "-1",
          "true",
          "inf",
          "1979-05-27T07:32:00Z",
          "\\u0000",
          "\\ud800",
          "\u00ff",
          "[limits]\n",
          "[[limits]]\n",
          "[object]\n",
          "name = 1\n",
          "server.port = 1\n",
          "a.b.c = {d = [1, {e = 2}]}\n",
          "[".repeat(500),
          "a.".repeat(500),
          "x = " + "[".repeat(2_000) + "\n",
          "\ufeff");

  private static final Pattern PROBLEM =
      Pattern.compile(".*/holdfast\\.toml:[1-9][0-9]*: .+", Pattern.DOTALL);

  @TempDir private Path folder;

  @Test
  void a_damaged_file_is_read_or_refused_with_lines() throws Exception {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    Random random = new Random(seed);
    Path file = folder.resolve("holdfast.toml");
    for (int i = 0; i < ROUNDS; i++) {
      byte[] toml = damaged(random);
      Files.write(file, toml);
      String note =
          "seed %d, round %d:%n%s".formatted(seed, i, new String(toml, StandardCharsets.UTF_8));
      try {
        AppConfig config = AppConfig.read(folder, new Overrides(Map.of(), Map.of()), Mode.DEV);
        assertThat(config.name()).as(note).isNotEmpty();
      } catch (ConfigException e) {
        assertThat(e.problems()).as(note).isNotEmpty();
        assertThat(e.problems())
            .as(note)
            .allSatisfy(problem -> assertThat(problem.toString()).matches(PROBLEM))
            .noneMatch(problem -> problem.message().contains("Exception"));
      } catch (RuntimeException | Error e) {
        throw new AssertionError(note, e);
      }
    }
  }

  private static byte[] damaged(Random random) {
    List<String> lines = new ArrayList<>(List.of(WHOLE.split("(?<=\n)", -1)));
    if (random.nextInt(3) == 0) {
      lines.remove(random.nextInt(lines.size()));
      lines.add(random.nextInt(lines.size()), lines.get(random.nextInt(lines.size())));
    }
    StringBuilder text = new StringBuilder(String.join("", lines));
    for (int i = random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(text.length());
      int to = Math.min(text.length(), at + 1 + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, to);
        case 1 -> text.insert(at, text.substring(at, to));
        case 2 -> text.setCharAt(at, (char) (random.nextInt(96) + ' '));
        default -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
      }
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(5) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return random.nextInt(10) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }
}
