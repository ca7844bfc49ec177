// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.text;

import java.util.Locale;

/**
 * One token of SQL. Immutable.
 *
 * @param kind what it is
 * @param text as it was written; for a name without its quotes
 * @param start where it begins in the text that it is of
 * @param end where it ends, exclusive
 */
record Token(Kind kind, String text, int start, int end) {
  enum Kind {
    /** A keyword, or a name without quotes. */
    WORD,
    /** A name in quotes. SQLite also takes one in single quotes for a name where it needs one. */
    NAME,
    /** A number, a blob or a parameter. */
    OTHER,
    /** One character of punctuation. */
    MARK
  }

  /** Whether it is that word, in whatever case. */
  boolean is(String word) {
    return kind == Kind.WORD && text.equalsIgnoreCase(word);
  }

  boolean isMark(char mark) {
    return kind == Kind.MARK && text.charAt(0) == mark;
  }

  /** Whether it may be that name, in quotes or not. */
  boolean names(String name) {
    return (kind == Kind.WORD || kind == Kind.NAME) && text.equalsIgnoreCase(name);
  }

  /** The word in capitals; empty if it is none. */
  String word() {
    return kind == Kind.WORD ? text.toUpperCase(Locale.ROOT) : "";
  }
}
