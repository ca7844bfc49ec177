// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import dev.holdfast.ObjectId;
import dev.holdfast.TypeRef;
import java.lang.reflect.Type;
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
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Types of an application, which between them have every kind of part that the codec knows. */
final class Model {
  private Model() {}

  sealed interface Shape permits Circle, Polygon {}

  sealed interface Polygon extends Shape permits Square, Flag {}

  record Circle(double radius) implements Shape {}

  record Square(double side) implements Polygon {}

  enum Flag implements Polygon {
    FRENCH,
    SWISS {
      @Override
      boolean square() {
        return true;
      }
    };

    boolean square() {
      return false;
    }
  }

  enum Level {
    LOW,
    HIGH
  }

  sealed interface Result<T> permits Ok, Failed {}

  record Ok<T>(T value) implements Result<T> {}

  record Failed<T>(String reason) implements Result<T> {}

  record Nothing() {}

  record Primitives(
      boolean flag, byte b, short s, char c, int i, long l, float f, double d, Level level) {}

  record Boxes(
      Boolean flag,
      Byte b,
      Short s,
      Character c,
      Integer i,
      Long l,
      Float f,
      Double d,
      BigInteger whole,
      BigDecimal decimal) {}

  record Ids(String text, UUID uuid, URI uri, ObjectId id, Optional<String> maybe) {}

  record Times(
      Instant instant,
      Duration duration,
      LocalDate date,
      LocalTime time,
      LocalDateTime dateTime,
      OffsetTime offsetTime,
      OffsetDateTime offsetDateTime,
      ZonedDateTime zoned,
      ZoneId zone,
      ZoneOffset offset) {}

  record Calendar(Period period, Year year, YearMonth yearMonth, MonthDay monthDay) {}

  record Immutable(
      Primitives primitives,
      Boxes boxes,
      Ids ids,
      Times times,
      Calendar calendar,
      Shape shape,
      @Nullable Immutable next) {}

  record Collections(
      List<String> texts,
      Set<Level> levels,
      SortedSet<Integer> sorted,
      SequencedSet<Shape> shapes,
      Map<String, List<Shape>> byName,
      SequencedMap<ZonedDateTime, Nothing> byTime,
      SortedMap<String, Optional<BigDecimal>> byText,
      Map<Shape, Map<Flag, Character>> byShape) {}

  record Tree(String name, List<Tree> children, Optional<Tree> favourite) {}

  record Page<T>(List<T> items, @Nullable T pinned) {}

  @SuppressWarnings("ArrayRecordComponent") // what users write, too
  record Arrays(
      byte[] bytes,
      boolean[] flags,
      char[] chars,
      short[] shorts,
      int[] ints,
      long[][] grid,
      float[] floats,
      double[] doubles,
      String[] texts,
      Shape[] shapes,
      List<String>[] lists) {
    Object[] parts() {
      return new Object[] {
        bytes, flags, chars, shorts, ints, grid, floats, doubles, texts, shapes, lists
      };
    }
  }

  /** Types whose values have an equality. */
  static List<Type> comparable() {
    return List.of(
        Long.class,
        String.class,
        ZonedDateTime.class,
        Shape.class,
        Flag.class,
        Level.class,
        Nothing.class,
        Immutable.class,
        Collections.class,
        Tree.class,
        new TypeRef<List<Shape>>() {}.type(),
        new TypeRef<Map<String, Long>>() {}.type(),
        new TypeRef<Page<Shape>>() {}.type(),
        new TypeRef<Page<Page<Integer>>>() {}.type(),
        new TypeRef<Set<Optional<Times>>>() {}.type(),
        new TypeRef<Map<Circle, Page<Tree>>>() {}.type());
  }
}
