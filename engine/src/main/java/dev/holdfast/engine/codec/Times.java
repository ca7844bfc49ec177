// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The forms of {@code java.time}, exact to the nanosecond: whole numbers, alone or in an array,
 * from the largest unit to the smallest, with the offset in seconds and the zone's id behind them.
 */
final class Times {
  private Times() {}

  static List<LeafForm<?>> all() {
    return List.of(
        of(
            Instant.class,
            (value, out) -> numbers(out, value.getEpochSecond(), value.getNano()),
            in -> Instant.ofEpochSecond(first(in), lastNanos(in))),
        of(
            Duration.class,
            (value, out) -> numbers(out, value.getSeconds(), value.getNano()),
            in -> Duration.ofSeconds(first(in), lastNanos(in))),
        of(
            LocalDate.class,
            (value, out) -> out.writeNumber(value.toEpochDay()),
            in -> LocalDate.ofEpochDay(number(in))),
        of(
            LocalTime.class,
            (value, out) -> out.writeNumber(value.toNanoOfDay()),
            in -> LocalTime.ofNanoOfDay(number(in))),
        of(
            LocalDateTime.class,
            (value, out) ->
                numbers(out, value.toLocalDate().toEpochDay(), value.toLocalTime().toNanoOfDay()),
            in -> last(in, local(in))),
        of(
            OffsetTime.class,
            (value, out) ->
                numbers(
                    out, value.toLocalTime().toNanoOfDay(), value.getOffset().getTotalSeconds()),
            in -> OffsetTime.of(LocalTime.ofNanoOfDay(first(in)), last(in, offset(in)))),
        of(OffsetDateTime.class, Times::writeOffset, Times::readOffset),
        of(ZonedDateTime.class, Times::writeZoned, Times::readZoned),
        of(
            Period.class,
            (value, out) -> numbers(out, value.getYears(), value.getMonths(), value.getDays()),
            in -> Period.of(toInt(first(in)), toInt(next(in)), last(in, toInt(next(in))))),
        of(
            Year.class,
            (value, out) -> out.writeNumber(value.getValue()),
            in -> Year.of(toInt(number(in)))),
        of(
            YearMonth.class,
            (value, out) -> numbers(out, value.getYear(), value.getMonthValue()),
            in -> YearMonth.of(toInt(first(in)), last(in, toInt(next(in))))),
        of(
            MonthDay.class,
            (value, out) -> numbers(out, value.getMonthValue(), value.getDayOfMonth()),
            in -> MonthDay.of(toInt(first(in)), last(in, toInt(next(in))))),
        of(
            ZoneOffset.class,
            (value, out) -> out.writeString(value.getId()),
            in -> ZoneOffset.of(Texts.read(in))),
        of(
            ZoneId.class,
            (value, out) -> out.writeString(value.getId()),
            in -> ZoneId.of(Texts.read(in))));
  }

  private static <T> LeafForm<T> of(
      Class<T> type, LeafForm.Writer<T> writer, Function<JsonParser, T> reader) {
    return LeafForm.of(
        type,
        writer,
        in -> {
          try {
            return reader.apply(in);
          } catch (DateTimeException | ArithmeticException e) {
            throw new Mismatch("not a " + type.getName() + ": " + e.getMessage(), e);
          }
        });
  }

  private static void writeOffset(OffsetDateTime value, JsonGenerator out) {
    out.writeStartArray(null, 3);
    writeLocal(value.toLocalDateTime(), out);
    out.writeNumber(value.getOffset().getTotalSeconds());
    out.writeEndArray();
  }

  private static OffsetDateTime readOffset(JsonParser in) {
    LocalDateTime local = local(in);
    return OffsetDateTime.of(local, last(in, offset(in)));
  }

  private static void writeZoned(ZonedDateTime value, JsonGenerator out) {
    out.writeStartArray(null, 4);
    writeLocal(value.toLocalDateTime(), out);
    out.writeNumber(value.getOffset().getTotalSeconds());
    out.writeString(value.getZone().getId());
    out.writeEndArray();
  }

  /**
   * The offset is kept, because a local time that a clock shows twice does not say which it was. If
   * the zone's rules have changed since, the instant wins.
   */
  private static ZonedDateTime readZoned(JsonParser in) {
    LocalDateTime local = local(in);
    ZoneOffset offset = offset(in);
    in.nextToken();
    ZoneId zone = last(in, ZoneId.of(Texts.read(in)));
    return ZonedDateTime.ofInstant(local, offset, zone);
  }

  private static void writeLocal(LocalDateTime value, JsonGenerator out) {
    out.writeNumber(value.toLocalDate().toEpochDay());
    out.writeNumber(value.toLocalTime().toNanoOfDay());
  }

  private static LocalDateTime local(JsonParser in) {
    LocalDate date = LocalDate.ofEpochDay(first(in));
    return LocalDateTime.of(date, LocalTime.ofNanoOfDay(next(in)));
  }

  private static ZoneOffset offset(JsonParser in) {
    return ZoneOffset.ofTotalSeconds(toInt(next(in)));
  }

  private static void numbers(JsonGenerator out, long... numbers) {
    out.writeArray(numbers, 0, numbers.length);
  }

  /** Enters the array and reads its first number. */
  private static long first(JsonParser in) {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw new Mismatch("expected the numbers of a time, found the token " + in.currentToken());
    }
    return next(in);
  }

  private static long next(JsonParser in) {
    in.nextToken();
    return number(in);
  }

  private static long number(JsonParser in) {
    return Numbers.readLong(in, Long.MIN_VALUE, Long.MAX_VALUE, "long");
  }

  private static long lastNanos(JsonParser in) {
    return last(in, Numbers.requireWithin(next(in), 0, 999_999_999, "fraction of a second"));
  }

  /** Leaves the array, which must have nothing more; passes {@code value} on. */
  private static <T> T last(JsonParser in, T value) {
    if (in.nextToken() != JsonToken.END_ARRAY) {
      throw new Mismatch("a time with too many parts");
    }
    return value;
  }

  private static int toInt(long value) {
    return Math.toIntExact(value);
  }
}
