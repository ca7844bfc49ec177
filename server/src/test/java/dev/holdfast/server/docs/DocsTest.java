// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The code that the documentation shows is code of this package, which its tests run. A block of a
 * page that follows a line {@code <!-- NAME -->} shows what stands here between {@code // docs:
 * NAME} and {@code // end docs}.
 */
class DocsTest {
  private static final Path ROOT = Path.of("..");
  private static final Path README = ROOT.resolve("README.md");
  private static final Path CODE =
      Path.of("src", "test", "java", "dev", "holdfast", "server", "docs");
  private static final Pattern NAME = Pattern.compile("<!-- ([a-z-]+) -->");
  private static final Pattern BEGIN = Pattern.compile("\\s*// docs: ([a-z-]+)");
  private static final Pattern END = Pattern.compile("\\s*// end docs");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:\\s]+)(?:#[^)]*)?\\)");

  /** Java that a page shows. */
  private record Block(String place, Optional<String> name, String text) {}

  private final List<Block> blocks = new ArrayList<>();
  private final Map<String, String> regions = new TreeMap<>();

  @BeforeEach
  void read() throws IOException {
    for (Path page : pages()) {
      readBlocks(page);
    }
    for (Path source : files(CODE, ".java")) {
      readRegions(source);
    }
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(files(ROOT.resolve("docs"), ".md"));
    pages.add(README);
    return pages;
  }

  private static List<Path> files(Path folder, String end) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
    }
  }

  private void readBlocks(Path page) throws IOException {
    List<String> lines = Files.readAllLines(page);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).equals("```java")) {
        Matcher name = NAME.matcher(i == 0 ? "" : lines.get(i - 1));
        int end = i + 1;
        while (!lines.get(end).equals("```")) {
          end++;
        }
        blocks.add(
            new Block(
                page.getFileName() + ":" + (i + 1),
                name.matches() ? Optional.of(name.group(1)) : Optional.empty(),
                String.join("\n", lines.subList(i + 1, end))));
        i = end;
      }
    }
  }

  private void readRegions(Path source) throws IOException {
    List<String> lines = Files.readAllLines(source);
    for (int i = 0; i < lines.size(); i++) {
      Matcher begin = BEGIN.matcher(lines.get(i));
      if (begin.matches()) {
        int end = i + 1;
        while (!END.matcher(lines.get(end)).matches()) {
          end++;
        }
        String text = String.join("\n", lines.subList(i + 1, end)).stripTrailing().stripIndent();
        assertThat(regions.put(begin.group(1), text)).as("another " + begin.group(1)).isNull();
        i = end;
      }
    }
  }

  @Test
  void code_on_a_page_is_code_of_a_test() {
    assertThat(regions).isNotEmpty();
    for (Block block : blocks) {
      block
          .name()
          .ifPresent(
              name -> assertThat(block.text()).as(block.place()).isEqualTo(regions.get(name)));
    }
  }

  @Test
  void code_on_a_page_of_the_documentation_has_a_name() {
    assertThat(blocks)
        .filteredOn(block -> !block.place().startsWith(README.getFileName().toString()))
        .isNotEmpty()
        .allMatch(block -> block.name().isPresent());
  }

  @Test
  void code_for_a_page_is_on_one() {
    TreeSet<String> shown = new TreeSet<>();
    blocks.forEach(block -> block.name().ifPresent(shown::add));
    assertThat(shown).isEqualTo(regions.keySet());
  }

  @Test
  void links_of_pages_lead_somewhere() throws IOException {
    List<Path> linking = new ArrayList<>(pages());
    linking.add(ROOT.resolve("ARCHITECTURE.md"));
    linking.add(ROOT.resolve("CONTRIBUTING.md"));
    List<String> dead = new ArrayList<>();
    for (Path page : linking) {
      for (Matcher link = LINK.matcher(Files.readString(page)); link.find(); ) {
        if (!Files.exists(page.resolveSibling(link.group(1)))) {
          dead.add(page.getFileName() + ": " + link.group(1));
        }
      }
    }
    assertThat(dead).isEmpty();
  }
}
