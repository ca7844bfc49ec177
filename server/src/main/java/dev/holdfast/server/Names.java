// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import java.util.regex.Pattern;

/** The rule for names that people give to apps and namespaces. */
public final class Names {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private Names() {}

  /** Whether {@code text} is 1 to 64 letters, digits, {@code -} or {@code _}. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** What is wrong with a text that is not a name. */
  public static String explain(String text) {
    return "\"%s\": expected 1 to 64 letters, digits, - or _, found %s; choose another name"
        .formatted(text, found(text));
  }

  private static String found(String text) {
    if (text.isEmpty()) {
      return "nothing";
    }
    for (int i = 0; i < text.length(); i++) {
      String character = text.substring(i, text.offsetByCodePoints(i, 1));
      if (!isName(character)) {
        return "'%s' at character %d".formatted(character, i + 1);
      }
    }
    return text.length() + " characters";
  }
}
