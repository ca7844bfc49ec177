// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import dev.holdfast.engine.codec.CborText;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Values of SQL as they stand in a table for people: one line, not too long. */
final class Cell {
  private static final int MAX_CHARACTERS = 100;

  private Cell() {}

  /** A value: nothing is told from an empty text, and bytes are hex digits. */
  static String of(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case String text -> text(text);
      case byte[] bytes -> {
        int shown = Math.min(bytes.length, MAX_CHARACTERS / 2);
        String hex = HexFormat.of().formatHex(bytes, 0, shown);
        yield "x'" + hex + (shown < bytes.length ? "…" : "") + "'";
      }
      default -> value.toString();
    };
  }

  /** A text on one line, shortened, with nothing that a terminal takes for a command. */
  static String text(String text) {
    int end = Math.min(text.length(), MAX_CHARACTERS);
    if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    String quoted = CborText.quoted(text.substring(0, end).replace('\n', ' '));
    String inner =
        quoted.substring(1, quoted.length() - 1).replace("\\\"", "\"").replace("\\\\", "\\");
    return end < text.length() ? inner + "…" : inner;
  }
}
