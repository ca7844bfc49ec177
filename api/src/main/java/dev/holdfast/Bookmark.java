// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A moment in the past of one object, which stays readable for as long as its {@link History} says.
 * Immutable. Bookmarks of one object are ordered by time, and so is their text.
 *
 * <p>It is worth nothing without access to the object, and no secret.
 */
public final class Bookmark implements Comparable<Bookmark> {
  private static final int MOMENT_DIGITS = 16;
  private static final HexFormat HEX = HexFormat.of();

  private final long moment;
  private final String object;

  private Bookmark(long moment, String object) {
    this.moment = moment;
    this.object = object;
  }

  /**
   * A bookmark of the platform's.
   *
   * @param moment the number of the moment; later ones are greater
   * @param object whose it is
   */
  public static Bookmark of(long moment, ObjectId object) {
    if (moment < 0) {
      throw new IllegalArgumentException("moment " + moment + " is negative");
    }
    return new Bookmark(moment, object.toString());
  }

  /**
   * The bookmark that {@link #toString} printed.
   *
   * @throws IllegalArgumentException if it printed no such text
   */
  public static Bookmark parse(String text) {
    int dash = text.indexOf('-');
    String object = text.substring(dash + 1);
    if (dash != MOMENT_DIGITS || object.length() != 2 * ObjectId.BYTES || !isHex(text)) {
      throw new IllegalArgumentException(
          "expected a bookmark as it was printed, %d hex digits, a dash and %d hex digits, found: %s"
              .formatted(MOMENT_DIGITS, 2 * ObjectId.BYTES, text));
    }
    long moment = HexFormat.fromHexDigitsToLong(text, 0, dash);
    if (moment < 0) {
      throw new IllegalArgumentException("no bookmark begins like this one: " + text);
    }
    return new Bookmark(moment, object.toLowerCase(Locale.ROOT));
  }

  private static boolean isHex(String text) {
    return text.chars().allMatch(c -> c == '-' || HexFormat.isHexDigit(c));
  }

  /** The number of the moment; later ones are greater. */
  public long moment() {
    return moment;
  }

  /** Whether it is one of that object. */
  public boolean isOf(ObjectId id) {
    return object.equals(id.toString());
  }

  @Override
  public int compareTo(Bookmark other) {
    int byTime = Long.compare(moment, other.moment);
    return byTime != 0 ? byTime : object.compareTo(other.object);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bookmark that && moment == that.moment && object.equals(that.object);
  }

  @Override
  public int hashCode() {
    return Objects.hash(moment, object);
  }

  /** 16 hex digits of the moment, a dash, and the id of the object. */
  @Override
  public String toString() {
    return HEX.toHexDigits(moment) + "-" + object;
  }
}
