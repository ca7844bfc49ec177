// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.text;

import dev.holdfast.engine.sql.text.Token.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Takes a text of SQL apart, by the rules of SQLite's own tokenizer: see the page "SQLite Keywords"
 * and the section on comments of its documentation. White space and comments are no tokens. What is
 * not closed ends with the text.
 */
final class Lexer {
  private final String text;
  private int at;

  Lexer(String text) {
    this.text = text;
  }

  /** The next token; null at the end. */
  @Nullable Token next() {
    skipBlanks();
    if (at >= text.length()) {
      return null;
    }
    int start = at;
    char c = text.charAt(at);
    switch (c) {
      case '\'', '"', '`' -> {
        return quoted(start, c);
      }
      case '[' -> {
        return quoted(start, ']');
      }
      case '?' -> {
        at++;
        digits();
        return token(Kind.OTHER, start);
      }
      case ':', '@', '$', '#' -> {
        variable();
        return token(Kind.OTHER, start);
      }
      default -> {
        if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
          number();
          return token(Kind.OTHER, start);
        }
        if (!isWord(c)) {
          at++;
          return token(Kind.MARK, start);
        }
      }
    }
    if ((c == 'x' || c == 'X') && peek(1) == '\'') {
      at++;
      skipQuoted('\'');
      return token(Kind.OTHER, start);
    }
    word();
    return token(Kind.WORD, start);
  }

  private Token token(Kind kind, int start) {
    return new Token(kind, text.substring(start, at), start, at);
  }

  private Token quoted(int start, char close) {
    skipQuoted(close);
    int last = at > start + 1 && text.charAt(at - 1) == close ? at - 1 : at;
    String name = text.substring(start + 1, last);
    String doubled = String.valueOf(close).repeat(2);
    return new Token(
        Kind.NAME, close == ']' ? name : name.replace(doubled, String.valueOf(close)), start, at);
  }

  /** From a quote to behind the one that closes it; doubled it stands for itself. */
  private void skipQuoted(char close) {
    at++;
    while (at < text.length()) {
      if (text.charAt(at++) == close) {
        if (close == ']' || peek(0) != close) {
          return;
        }
        at++;
      }
    }
  }

  private void skipBlanks() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (isSpace(c) || c == '\ufeff') {
        at++;
      } else if (c == '-' && peek(1) == '-') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end + 1;
      } else if (c == '/' && peek(1) == '*') {
        int end = text.indexOf("*/", at + 2);
        at = end < 0 ? text.length() : end + 2;
      } else {
        return;
      }
    }
  }

  private void word() {
    while (at < text.length() && isWord(text.charAt(at))) {
      at++;
    }
  }

  private void digits() {
    while (isDigit(peek(0))) {
      at++;
    }
  }

  /**
   * A parameter that has a name, which may be one of Tcl: {@code $a::b(c;d)}. What is in the
   * parentheses is part of it, quotes and semicolons too.
   */
  private void variable() {
    boolean named = false;
    at++;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (isWord(c)) {
        named = true;
        at++;
      } else if (c == ':' && peek(1) == ':') {
        at += 2;
      } else {
        if (c == '(' && named) {
          inParentheses();
        }
        return;
      }
    }
  }

  /** From a parenthesis to behind the one that closes it, or to white space. */
  private void inParentheses() {
    while (at < text.length() && !isSpace(text.charAt(at))) {
      if (text.charAt(at++) == ')') {
        return;
      }
    }
  }

  private void number() {
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean sign = (c == '+' || c == '-') && (text.charAt(at - 1) | 0x20) == 'e';
      if (!isWord(c) && c != '.' && !(sign && !isHex())) {
        return;
      }
      at++;
    }
  }

  /** Whether the number that is being read has no exponent: in hexadecimal ones e is a digit. */
  private boolean isHex() {
    int start = at - 1;
    while (start > 0 && isWord(text.charAt(start - 1))) {
      start--;
    }
    return text.startsWith("0x", start) || text.startsWith("0X", start);
  }

  private char peek(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : 0;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Whatever is beyond ASCII belongs to words. */
  private static boolean isWord(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || isDigit(c)
        || c == '_'
        || c == '$'
        || c >= 0x80;
  }
}
