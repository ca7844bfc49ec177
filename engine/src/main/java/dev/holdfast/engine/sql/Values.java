// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Values of Java as SQLite has them, and back. SQLite has integers of 64 bits, floating point
 * numbers, text and bytes; what is more is text.
 */
final class Values {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSSSSS", Locale.ROOT);
  private static final DateTimeFormatter DATE_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS", Locale.ROOT);
  private static final DateTimeFormatter INSTANT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** The last years that text of fixed width has; the first one is 0. */
  private static final int LAST_YEAR = 9_999;

  private static final Instant FIRST_INSTANT = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LAST_INSTANT = Instant.parse("9999-12-31T23:59:59.999999999Z");

  private static final Map<Class<?>, Function<Object, Object>> READ =
      Map.ofEntries(
          Map.entry(Object.class, value -> value),
          Map.entry(Boolean.class, Values::toBoolean),
          Map.entry(Byte.class, value -> (byte) toLong(value, Byte.MIN_VALUE, Byte.MAX_VALUE)),
          Map.entry(Short.class, value -> (short) toLong(value, Short.MIN_VALUE, Short.MAX_VALUE)),
          Map.entry(
              Integer.class, value -> (int) toLong(value, Integer.MIN_VALUE, Integer.MAX_VALUE)),
          Map.entry(Long.class, value -> toLong(value, Long.MIN_VALUE, Long.MAX_VALUE)),
          Map.entry(Double.class, value -> toDouble(value)),
          Map.entry(Float.class, value -> toFloat(value)),
          Map.entry(String.class, value -> as(String.class, value)),
          Map.entry(byte[].class, value -> as(byte[].class, value)),
          Map.entry(BigInteger.class, value -> new BigInteger(number(value))),
          Map.entry(BigDecimal.class, value -> new BigDecimal(number(value))),
          Map.entry(UUID.class, value -> UUID.fromString(as(String.class, value))),
          Map.entry(Instant.class, value -> Instant.parse(as(String.class, value))),
          Map.entry(LocalDate.class, value -> LocalDate.parse(as(String.class, value))),
          Map.entry(LocalTime.class, value -> LocalTime.parse(as(String.class, value))),
          Map.entry(LocalDateTime.class, value -> LocalDateTime.parse(as(String.class, value))));

  private static final Map<Class<?>, Class<?>> BOXES =
      Map.of(
          boolean.class, Boolean.class,
          byte.class, Byte.class,
          short.class, Short.class,
          int.class, Integer.class,
          long.class, Long.class,
          float.class, Float.class,
          double.class, Double.class);

  private Values() {}

  /** Whether values of a type can be read. */
  static boolean isKnown(Class<?> type) {
    return READ.containsKey(boxed(type)) || type.isEnum();
  }

  private static Class<?> boxed(Class<?> type) {
    return BOXES.getOrDefault(type, type);
  }

  // ---------------------------------------------------------------- to SQLite

  /**
   * What SQLite gets for a value: null, Long, Double, String or {@code byte[]}.
   *
   * @throws IllegalArgumentException if it has no form that SQLite keeps
   */
  static @Nullable Object toSql(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case String text -> whole(text);
      case Long number -> number;
      case Integer number -> number.longValue();
      case Short number -> number.longValue();
      case Byte number -> number.longValue();
      case Boolean truth -> truth ? 1L : 0L;
      case Double number -> finite(number);
      case Float number -> finite(number.doubleValue());
      case byte[] bytes -> bytes;
      case Character character -> whole(character.toString());
      case Enum<?> constant -> constant.name();
      case BigInteger number -> number.bitLength() < 64 ? number.longValue() : tooLarge(number);
      case BigDecimal number -> number.toPlainString();
      case UUID id -> id.toString();
      case Instant time -> {
        checkYears(time, !time.isBefore(FIRST_INSTANT) && !time.isAfter(LAST_INSTANT));
        yield INSTANT.format(time);
      }
      case LocalDateTime time -> {
        checkYears(time, isKept(time.getYear()));
        yield DATE_TIME.format(time);
      }
      case LocalDate date -> {
        checkYears(date, isKept(date.getYear()));
        yield date.toString();
      }
      case LocalTime time -> TIME.format(time);
      default ->
          throw new IllegalArgumentException(
              "expected null, a number, text, bytes, an enum, a UUID or a time of java.time, found a "
                  + value.getClass().getName());
    };
  }

  /**
   * A surrogate without its partner has no form in UTF-8, and would come back as a question mark.
   */
  private static String whole(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (i + 1 == text.length() || !Character.isSurrogatePair(c, text.charAt(i + 1))) {
          throw new IllegalArgumentException(
              "expected text, found a surrogate without its partner at character %d; pass it as bytes"
                  .formatted(i));
        }
        i++;
      }
    }
    return text;
  }

  /** SQLite keeps NULL for what is not a number. */
  private static Double finite(Double number) {
    if (number.isNaN()) {
      throw new IllegalArgumentException(
          "expected a number, found NaN, which SQLite does not keep");
    }
    return number;
  }

  private static String tooLarge(BigInteger number) {
    throw new IllegalArgumentException(
        "expected an integer of 64 bits, found %s; pass it as text".formatted(number));
  }

  private static boolean isKept(int year) {
    return year >= 0 && year <= LAST_YEAR;
  }

  private static void checkYears(Object time, boolean kept) {
    if (!kept) {
      throw new IllegalArgumentException(
          "expected a time in the years 0 to %d, found %s".formatted(LAST_YEAR, time));
    }
  }

  // ---------------------------------------------------------------- from SQLite

  /**
   * The value that SQLite has, as a type that {@link #isKnown}.
   *
   * @param value Long, Double, String or {@code byte[]}
   * @param where the value is, for the message
   * @throws IllegalArgumentException if it is no such value
   */
  static Object fromSql(Object value, Class<?> type, String where) {
    try {
      Function<Object, Object> read = READ.get(boxed(type));
      return read == null ? constant(type, as(String.class, value)) : read.apply(value);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IllegalArgumentException(
          "%s: expected a value for %s, found %s: %s"
              .formatted(where, type.getTypeName(), describe(value), e.getMessage()),
          e);
    }
  }

  private static String describe(Object value) {
    return value instanceof byte[] bytes
        ? bytes.length + " bytes"
        : "the %s %.80s".formatted(kind(value), value);
  }

  private static String kind(Object value) {
    return switch (value) {
      case Long _ -> "integer";
      case Double _ -> "number";
      case String _ -> "text";
      default -> "value";
    };
  }

  private static Object constant(Class<?> type, String name) {
    for (Object each : type.getEnumConstants()) {
      if (((Enum<?>) each).name().equals(name)) {
        return each;
      }
    }
    throw new IllegalArgumentException("there is no constant of that name");
  }

  private static <T> T as(Class<T> type, Object value) {
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException("the column has another type");
    }
    return type.cast(value);
  }

  private static Boolean toBoolean(Object value) {
    return toLong(value, 0, 1) == 1;
  }

  private static long toLong(Object value, long least, long most) {
    long number = as(Long.class, value);
    if (number < least || number > most) {
      throw new IllegalArgumentException("it is not in %d to %d".formatted(least, most));
    }
    return number;
  }

  /** Integers that such a number can be, all up to 2^53 among them, are one too. */
  private static double toDouble(Object value) {
    // The largest one is not, and yet comes back from the double that is next to it.
    if (value instanceof Long number
        && number != Long.MAX_VALUE
        && (long) (double) number == number) {
      return number;
    }
    return as(Double.class, value);
  }

  private static float toFloat(Object value) {
    double number = toDouble(value);
    if (Float.isInfinite((float) number) && !Double.isInfinite(number)) {
      throw new IllegalArgumentException("it is too large");
    }
    return (float) number;
  }

  private static String number(Object value) {
    return value instanceof Long || value instanceof Double
        ? value.toString()
        : as(String.class, value);
  }
}
