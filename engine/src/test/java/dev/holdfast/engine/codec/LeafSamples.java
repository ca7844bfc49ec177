// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import dev.holdfast.ObjectId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
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
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;

/** Random values of the types that are one value to the codec. */
final class LeafSamples {
  private static final List<String> ZONES = ZoneId.getAvailableZoneIds().stream().sorted().toList();

  private final Random random;

  LeafSamples(Random random) {
    this.random = random;
  }

  Object value(Class<?> raw) {
    if (raw == boolean.class || raw == Boolean.class) {
      return random.nextBoolean();
    } else if (raw == byte.class || raw == Byte.class) {
      return (byte) integer();
    } else if (raw == short.class || raw == Short.class) {
      return (short) integer();
    } else if (raw == char.class || raw == Character.class) {
      return (char) integer();
    } else if (raw == int.class || raw == Integer.class) {
      return (int) integer();
    } else if (raw == long.class || raw == Long.class) {
      return integer();
    } else if (raw == float.class || raw == Float.class) {
      return random.nextBoolean()
          ? Float.intBitsToFloat(random.nextInt())
          : oneOf(0f, -0f, Float.NaN, Float.MIN_VALUE, Float.MAX_VALUE, Float.NEGATIVE_INFINITY);
    } else if (raw == double.class || raw == Double.class) {
      return random.nextBoolean()
          ? Double.longBitsToDouble(random.nextLong())
          : oneOf(0d, -0d, Double.NaN, Double.MIN_VALUE, 1e300, Double.POSITIVE_INFINITY, 0x1p63);
    } else if (raw == BigInteger.class) {
      return bigInteger();
    } else if (raw == BigDecimal.class) {
      return new BigDecimal(
          bigInteger(), random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(40) - 20);
    } else if (raw == String.class) {
      return text();
    } else if (raw == byte[].class) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      return bytes;
    } else if (raw == UUID.class) {
      return new UUID(random.nextLong(), random.nextLong());
    } else if (raw == URI.class) {
      return URI.create(oneOf("", "http://h/p?q=%20#f", "urn:a:b", "../x", "mailto:a@b"));
    } else if (raw == ObjectId.class) {
      byte[] bytes = new byte[ObjectId.BYTES];
      random.nextBytes(bytes);
      return ObjectId.of(bytes, random.nextBoolean() ? "a" : null);
    }
    return time(raw);
  }

  private Object time(Class<?> raw) {
    if (raw == Instant.class) {
      return oneOf(
          () -> Instant.MIN,
          () -> Instant.MAX,
          () -> Instant.ofEpochSecond(within(-31557014167219200L, 31556889864403199L), nanos()),
          () -> Instant.ofEpochSecond(random.nextInt(), nanos()));
    } else if (raw == Duration.class) {
      return Duration.ofSeconds(integer(), nanos());
    } else if (raw == LocalDate.class) {
      return date();
    } else if (raw == LocalTime.class) {
      return timeOfDay();
    } else if (raw == LocalDateTime.class) {
      return LocalDateTime.of(date(), timeOfDay());
    } else if (raw == OffsetTime.class) {
      return OffsetTime.of(timeOfDay(), offset());
    } else if (raw == OffsetDateTime.class) {
      return OffsetDateTime.of(date(), timeOfDay(), offset());
    } else if (raw == ZonedDateTime.class) {
      return zoned();
    } else if (raw == Period.class) {
      return Period.of((int) integer(), (int) integer(), (int) integer());
    } else if (raw == Year.class) {
      return Year.of((int) within(Year.MIN_VALUE, Year.MAX_VALUE));
    } else if (raw == YearMonth.class) {
      return YearMonth.from(date());
    } else if (raw == MonthDay.class) {
      return MonthDay.from(date());
    } else if (raw == ZoneOffset.class) {
      return offset();
    } else if (raw == ZoneId.class) {
      return zone();
    }
    throw new AssertionError("no samples of " + raw);
  }

  /** Half of them within the year of clocks that change, where a local time may come twice. */
  private ZonedDateTime zoned() {
    LocalDateTime local =
        random.nextBoolean()
            ? LocalDateTime.of(date(), timeOfDay())
            : LocalDateTime.of(2026, 10, 25, random.nextInt(4), random.nextInt(60));
    return ZonedDateTime.ofLocal(local, zone(), offset());
  }

  private ZoneId zone() {
    return oneOf(
        this::offset,
        () -> ZoneId.of(ZONES.get(random.nextInt(ZONES.size()))),
        () -> ZoneId.of("UTC+01:30"),
        () -> ZoneId.of("Europe/Berlin"));
  }

  private ZoneOffset offset() {
    return ZoneOffset.ofTotalSeconds(random.nextInt(2 * 18 * 3600 + 1) - 18 * 3600);
  }

  private LocalDate date() {
    return oneOf(
        () -> LocalDate.MIN,
        () -> LocalDate.MAX,
        () -> LocalDate.ofEpochDay(random.nextInt(80_000) - 40_000));
  }

  private LocalTime timeOfDay() {
    return oneOf(
        () -> LocalTime.MAX,
        () -> LocalTime.MIDNIGHT,
        () -> LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000_000L)));
  }

  private int nanos() {
    return random.nextInt(1_000_000_000);
  }

  private long within(long min, long max) {
    return random.nextLong(min, max);
  }

  /** Of every length, and around the borders of CBOR's heads. */
  private long integer() {
    long value = random.nextLong() >>> random.nextInt(64);
    value = random.nextInt(3) == 0 ? (1L << random.nextInt(64)) + random.nextInt(5) - 2 : value;
    return random.nextInt(20) == 0 ? oneOf(23L, 24L, 255L, 256L, 65536L, -24L, -25L) : value;
  }

  private BigInteger bigInteger() {
    BigInteger value = new BigInteger(random.nextInt(300), random);
    return random.nextBoolean() ? value.negate() : value;
  }

  private String text() {
    int length = random.nextInt(6) == 0 ? random.nextInt(500) : random.nextInt(12);
    int kind = random.nextInt(5);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      switch (kind) {
        case 0 -> text.append((char) random.nextInt());
        case 1 -> text.appendCodePoint(random.nextInt(0xd800));
        case 2 -> text.appendCodePoint(0x10000 + random.nextInt(0x100000));
        default -> text.append((char) (' ' + random.nextInt(95)));
      }
    }
    return text.toString();
  }

  @SafeVarargs
  private <T> T oneOf(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  @SafeVarargs
  private <T> T oneOf(Supplier<? extends T>... choices) {
    return choices[random.nextInt(choices.length)].get();
  }
}
