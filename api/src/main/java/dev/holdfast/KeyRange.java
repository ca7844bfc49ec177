// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A range of keys, ordered by their UTF-8 bytes. Immutable: each method returns a narrower or
 * redirected copy.
 *
 * <p>Bounds combine: the range holds the keys that satisfy all of them. {@link #reverse()} walks
 * the same range from its end; {@link #limit} counts after direction.
 */
public final class KeyRange {
  private static final KeyRange ALL = new KeyRange("", null, false, null, false, Integer.MAX_VALUE);

  private final String prefix;
  private final @Nullable String start;
  private final boolean startExclusive;
  private final @Nullable String end;
  private final boolean reversed;
  private final int limit;

  private KeyRange(
      String prefix,
      @Nullable String start,
      boolean startExclusive,
      @Nullable String end,
      boolean reversed,
      int limit) {
    this.prefix = prefix;
    this.start = start;
    this.startExclusive = startExclusive;
    this.end = end;
    this.reversed = reversed;
    this.limit = limit;
  }

  /** Every key. */
  public static KeyRange all() {
    return ALL;
  }

  /** The keys that begin with {@code prefix}. */
  public static KeyRange prefix(String prefix) {
    Objects.requireNonNull(prefix, "prefix");
    return new KeyRange(prefix, null, false, null, false, Integer.MAX_VALUE);
  }

  /** The keys from {@code start}, inclusive, to {@code end}, exclusive. */
  public static KeyRange between(String start, String end) {
    return ALL.from(start).until(end);
  }

  /** Begins at {@code start}, inclusive. A second start is an {@link IllegalArgumentException}. */
  public KeyRange from(String start) {
    return startingAt(start, false);
  }

  /** Begins after {@code start}. A second start is an {@link IllegalArgumentException}. */
  public KeyRange after(String start) {
    return startingAt(start, true);
  }

  private KeyRange startingAt(String newStart, boolean exclusive) {
    Objects.requireNonNull(newStart, "start");
    if (start != null) {
      throw new IllegalArgumentException(
          "the range already starts " + (startExclusive ? "after " : "from ") + start);
    }
    return new KeyRange(prefix, newStart, exclusive, end, reversed, limit);
  }

  /** Ends before {@code end}. */
  public KeyRange until(String end) {
    Objects.requireNonNull(end, "end");
    return new KeyRange(prefix, start, startExclusive, end, reversed, limit);
  }

  /** Walks the same range from its end. */
  public KeyRange reverse() {
    return new KeyRange(prefix, start, startExclusive, end, !reversed, limit);
  }

  /** At most {@code limit} keys, at least 1, else {@link IllegalArgumentException}. */
  public KeyRange limit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit " + limit + " is not positive");
    }
    return new KeyRange(prefix, start, startExclusive, end, reversed, limit);
  }

  /** What every key begins with; empty if anything. */
  public String prefix() {
    return prefix;
  }

  /** The lower bound, or null if there is none. */
  public @Nullable String start() {
    return start;
  }

  /** Whether {@link #start()} itself is left out. */
  public boolean startExclusive() {
    return startExclusive;
  }

  /** The upper bound, exclusive, or null if there is none. */
  public @Nullable String end() {
    return end;
  }

  /** Whether the range is walked from its end. */
  public boolean reversed() {
    return reversed;
  }

  /** The most keys to return; {@link Integer#MAX_VALUE} if unlimited. */
  public int limit() {
    return limit;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("keys");
    if (!prefix.isEmpty()) {
      text.append(" with prefix ").append(prefix);
    }
    if (start != null) {
      text.append(startExclusive ? " after " : " from ").append(start);
    }
    if (end != null) {
      text.append(" until ").append(end);
    }
    if (reversed) {
      text.append(", reversed");
    }
    if (limit != Integer.MAX_VALUE) {
      text.append(", at most ").append(limit);
    }
    return text.toString();
  }
}
