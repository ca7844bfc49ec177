// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads numbers by one rule: a number is read as any numeric type that can hold it exactly,
 * whatever type it was written as.
 */
final class Numbers {
  private Numbers() {}

  static long readLong(JsonParser in, long min, long max, String name) {
    long value =
        switch (in.currentToken()) {
          case VALUE_NUMBER_INT ->
              in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                  ? exactLong(in.getBigIntegerValue(), name)
                  : in.getLongValue();
          case VALUE_NUMBER_FLOAT ->
              in.getNumberType() == JsonParser.NumberType.BIG_DECIMAL
                  ? exactLong(in.getDecimalValue(), name)
                  : exactLong(in.getDoubleValue(), name);
          case null, default -> throw notNumber(in, name);
        };
    return requireWithin(value, min, max, name);
  }

  static long requireWithin(long value, long min, long max, String name) {
    if (value < min || value > max) {
      throw doesNotFit(value, name);
    }
    return value;
  }

  static double readDouble(JsonParser in, String name) {
    return switch (in.currentToken()) {
      case VALUE_NUMBER_INT ->
          in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? exactDouble(exactLong(in.getBigIntegerValue(), name), name)
              : exactDouble(in.getLongValue(), name);
      case VALUE_NUMBER_FLOAT -> {
        if (in.getNumberType() == JsonParser.NumberType.BIG_DECIMAL) {
          throw doesNotFit("a decimal fraction", name);
        }
        yield in.getDoubleValue();
      }
      case null, default -> throw notNumber(in, name);
    };
  }

  static float readFloat(JsonParser in, String name) {
    if (in.currentToken() == JsonToken.VALUE_NUMBER_FLOAT
        && in.getNumberType() == JsonParser.NumberType.FLOAT) {
      return in.getFloatValue();
    }
    double value = readDouble(in, name);
    float narrow = (float) value;
    if (Double.compare(narrow, value) != 0) {
      throw doesNotFit(value, name);
    }
    return narrow;
  }

  static BigInteger readBigInteger(JsonParser in) {
    if (in.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      return in.getBigIntegerValue();
    }
    return BigInteger.valueOf(
        readLong(in, Long.MIN_VALUE, Long.MAX_VALUE, BigInteger.class.getName()));
  }

  static BigDecimal readBigDecimal(JsonParser in) {
    return switch (in.currentToken()) {
      case VALUE_NUMBER_INT -> new BigDecimal(in.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> {
        if (in.getNumberType() == JsonParser.NumberType.BIG_DECIMAL) {
          yield in.getDecimalValue();
        }
        double value = in.getDoubleValue();
        if (!Double.isFinite(value)) {
          throw doesNotFit(value, BigDecimal.class.getName());
        }
        yield new BigDecimal(value);
      }
      case null, default -> throw notNumber(in, BigDecimal.class.getName());
    };
  }

  static double exactDouble(long value, String name) {
    double wide = value;
    // A long that rounds up to 2^63 saturates back to Long.MAX_VALUE, which would pass for equal.
    if ((long) wide != value || wide == 0x1p63) {
      throw doesNotFit(value, name);
    }
    return wide;
  }

  static long exactLong(double value, String name) {
    long whole = (long) value;
    // By bits, so that -0.0 is not 0; 2^63 saturates, as above.
    if (Double.doubleToRawLongBits((double) whole) != Double.doubleToRawLongBits(value)
        || value == 0x1p63) {
      throw doesNotFit(value, name);
    }
    return whole;
  }

  private static long exactLong(BigInteger value, String name) {
    if (value.bitLength() > 63) {
      throw doesNotFit("an integer of " + value.bitLength() + " bits", name);
    }
    return value.longValue();
  }

  private static long exactLong(BigDecimal value, String name) {
    try {
      return value.longValueExact();
    } catch (ArithmeticException e) {
      throw doesNotFit("a decimal fraction", name);
    }
  }

  private static Mismatch doesNotFit(Object value, String name) {
    return new Mismatch("found " + value + ", which a " + name + " cannot hold exactly");
  }

  private static Mismatch notNumber(JsonParser in, String name) {
    return new Mismatch("expected " + name + ", found the token " + in.currentToken());
  }
}
