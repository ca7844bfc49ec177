// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * Reads one TOML table: each key that is asked for is checked, and each key that was never asked
 * for is reported by {@link #finish}. Not thread-safe.
 */
final class TableReader {
  private final TomlTable table;
  private final String title;
  private final Place header;
  private final Problems problems;
  private final Set<String> known = new LinkedHashSet<>();

  /**
   * @param title the table as it is written, {@code [server]}; empty for the root
   * @param header where the table begins
   */
  TableReader(TomlTable table, String title, Place header, Problems problems) {
    this.table = table;
    this.title = title;
    this.header = header;
    this.problems = problems;
  }

  /** Where the table begins. */
  Place header() {
    return header;
  }

  /** A text; an empty one is a mistake. */
  Optional<Setting<String>> string(String key, String example) {
    Object value = find(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof String text && !text.isBlank()) {
      return Optional.of(new Setting<>(text, place(key)));
    }
    wrongType(key, "a text", value, "write " + example);
    return Optional.empty();
  }

  /** A text that must be there. */
  Optional<Setting<String>> requiredString(String key, String example) {
    if (find(key) == null) {
      problems.add(header, "%s is missing%s; add %s".formatted(key, inTable(), example));
      return Optional.empty();
    }
    return string(key, example);
  }

  /** An integer between two bounds, inclusive; {@code otherwise} if it is absent or a mistake. */
  long integer(String key, long min, long max, long otherwise) {
    Object value = find(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Long number && number >= min && number <= max) {
      return number;
    }
    String remedy =
        switch (value) {
          case Long _ -> "write one in that range";
          case Double _ -> "write it without a fraction";
          case String _ -> "write it without quotes";
          default -> "write an integer";
        };
    wrongType(key, "an integer from %d to %d".formatted(min, max), value, remedy);
    return otherwise;
  }

  /** As {@link #integer}, but one that must be there; {@code min} if it is absent or a mistake. */
  long requiredInteger(String key, long min, long max, String example) {
    if (find(key) == null) {
      problems.add(header, "%s is missing%s; add %s".formatted(key, inTable(), example));
    }
    return integer(key, min, max, min);
  }

  /** A sub-table; absent if there is none. */
  Optional<TableReader> table(String key) {
    Object value = find(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof TomlTable inner) {
      return Optional.of(new TableReader(inner, "[" + key + "]", place(key), problems));
    }
    wrongType(key, "a table", value, "write [%s] and its keys below it".formatted(key));
    return Optional.empty();
  }

  /** The elements of an array of tables; none if the key is absent. */
  List<TableReader> tables(String key) {
    Object value = find(key);
    if (value == null) {
      return List.of();
    }
    List<TableReader> readers = new ArrayList<>();
    if (value instanceof TomlArray array) {
      for (int i = 0; i < array.size(); i++) {
        if (array.get(i) instanceof TomlTable inner) {
          Place place = at(array.inputPositionOf(i));
          readers.add(new TableReader(inner, "[[" + key + "]]", place, problems));
        }
      }
      if (readers.size() == array.size()) {
        return readers;
      }
    }
    wrongType(
        key, "tables", value, "write [[%s]] in double brackets above each one".formatted(key));
    return readers;
  }

  /** Reports the keys that nobody asked for. Call it when all keys have been read. */
  void finish() {
    for (Map.Entry<String, Object> entry : table.entrySet()) {
      if (!known.contains(entry.getKey())) {
        problems.add(
            place(entry.getKey()),
            "unknown key \"%s\"%s; the keys here are %s"
                .formatted(entry.getKey(), inTable(), String.join(", ", known)));
      }
    }
  }

  private @Nullable Object find(String key) {
    known.add(key);
    return table.get(List.of(key));
  }

  private Place place(String key) {
    return at(table.inputPositionOf(List.of(key)));
  }

  private Place at(@Nullable TomlPosition position) {
    return position == null ? header : new Place(header.source(), position.line());
  }

  private String inTable() {
    return title.isEmpty() ? "" : " in " + title;
  }

  private void wrongType(String key, String expected, Object found, String remedy) {
    problems.add(
        place(key),
        "%s: expected %s, found %s; %s".formatted(key, expected, describe(found), remedy));
  }

  private static String describe(Object value) {
    return switch (value) {
      case String text -> text.isBlank() ? "an empty text" : "the text \"" + text + "\"";
      case Long number -> "the integer " + number;
      case Double number -> "the number " + number;
      case Boolean bool -> "the boolean " + bool;
      case TomlArray _ -> "an array";
      case TomlTable _ -> "a table";
      default -> "the date or time " + value;
    };
  }
}
