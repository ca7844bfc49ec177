// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * HTTP header fields, in order, names compared without regard to case. Immutable.
 *
 * <p>A name must be an HTTP token and a value must have only characters up to U+00FF and no control
 * characters but the tab, else {@link IllegalArgumentException}: no header can smuggle a second
 * one.
 */
public final class Headers {
  private static final Headers EMPTY = new Headers(new String[0]);
  private static final boolean[] TOKEN = tokenCharacters();

  /** Names at even indices, each followed by its value. */
  private final String[] fields;

  private Headers(String[] fields) {
    this.fields = fields;
  }

  /** No fields. */
  public static Headers empty() {
    return EMPTY;
  }

  /** One field. */
  public static Headers of(String name, String value) {
    return EMPTY.with(name, value);
  }

  /** The fields of {@code namesAndValues}, a name and its value in turn. */
  public static Headers ofAll(List<String> namesAndValues) {
    if (namesAndValues.size() % 2 != 0) {
      throw new IllegalArgumentException("a header name without a value");
    }
    String[] fields = namesAndValues.toArray(String[]::new);
    for (int i = 0; i < fields.length; i += 2) {
      check(fields[i], fields[i + 1]);
    }
    return fields.length == 0 ? EMPTY : new Headers(fields);
  }

  /** The first value of that name. */
  public Optional<String> first(String name) {
    for (int i = 0; i < fields.length; i += 2) {
      if (fields[i].equalsIgnoreCase(name)) {
        return Optional.of(fields[i + 1]);
      }
    }
    return Optional.empty();
  }

  /** All values of that name, in order. */
  public List<String> all(String name) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < fields.length; i += 2) {
      if (fields[i].equalsIgnoreCase(name)) {
        values.add(fields[i + 1]);
      }
    }
    return List.copyOf(values);
  }

  /** How many fields there are. */
  public int size() {
    return fields.length / 2;
  }

  /** Shows every field in order. */
  public void forEach(BiConsumer<String, String> action) {
    for (int i = 0; i < fields.length; i += 2) {
      action.accept(fields[i], fields[i + 1]);
    }
  }

  /** These fields and one more at the end. */
  public Headers with(String name, String value) {
    check(name, value);
    String[] longer = Arrays.copyOf(fields, fields.length + 2);
    longer[fields.length] = name;
    longer[fields.length + 1] = value;
    return new Headers(longer);
  }

  private static void check(String name, String value) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(value, "value");
    if (!isToken(name)) {
      throw new IllegalArgumentException("'" + name + "' is not an HTTP header name");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
        throw new IllegalArgumentException(
            "the value of header "
                + name
                + " has the character U+%04X at index %d, which no header can carry"
                    .formatted((int) c, i));
      }
    }
  }

  /** Whether it is a token of HTTP, which is what names and methods are made of. */
  static boolean isToken(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= TOKEN.length || !TOKEN[c]) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private static boolean[] tokenCharacters() {
    boolean[] token = new boolean[128];
    for (char c = 0; c < token.length; c++) {
      token[c] =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
    return token;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Headers that) || fields.length != that.fields.length) {
      return false;
    }
    for (int i = 0; i < fields.length; i += 2) {
      if (!fields[i].equalsIgnoreCase(that.fields[i])
          || !fields[i + 1].equals(that.fields[i + 1])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = 0; i < fields.length; i += 2) {
      hash = 31 * hash + fields[i].toLowerCase(Locale.ROOT).hashCode();
      hash = 31 * hash + fields[i + 1].hashCode();
    }
    return hash;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    return text.toString();
  }
}
