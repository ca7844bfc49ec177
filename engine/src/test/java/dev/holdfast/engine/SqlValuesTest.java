// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.Sql;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is bound is what is read, or it is refused. */
class SqlValuesTest extends SqlSuite {
  enum Level {
    LOW,
    HIGH {
      @Override
      boolean high() {
        return true;
      }
    };

    boolean high() {
      return false;
    }
  }

  private static final List<Object> SAMPLES =
      List.of(
          true,
          false,
          Byte.MIN_VALUE,
          Short.MAX_VALUE,
          Integer.MIN_VALUE,
          Integer.MAX_VALUE,
          Integer.MAX_VALUE + 1L,
          (1L << 53) + 1,
          Long.MIN_VALUE,
          Long.MAX_VALUE,
          0.1,
          -1e-300,
          Double.MAX_VALUE,
          Double.MIN_VALUE,
          Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY,
          0.1f,
          Float.MAX_VALUE,
          Float.NEGATIVE_INFINITY,
          "",
          "it's",
          "äöü €",
          "\ud83d\ude00",
          "with\0NUL",
          Level.LOW,
          Level.HIGH,
          UUID.fromString("123e4567-e89b-12d3-a456-426614174000"),
          Instant.EPOCH,
          Instant.parse("9999-12-31T23:59:59.999999999Z"),
          Instant.parse("0000-01-01T00:00:00Z"),
          LocalDate.of(2026, 2, 28),
          LocalTime.MIDNIGHT,
          LocalTime.MAX,
          LocalDateTime.of(2026, 1, 2, 3, 4),
          LocalDateTime.of(2026, 1, 2, 3, 4, 5, 6),
          BigInteger.valueOf(Long.MIN_VALUE),
          BigInteger.TEN,
          new BigDecimal("0.10"),
          new BigDecimal("123456789012345678901234567890.123456789"));

  private static Class<?> type(Object value) {
    return value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
  }

  @Test
  void whatIsBound_isReadBack() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a)");
          for (Object value : SAMPLES) {
            assertThat((Object) sql.query("SELECT ?", value).one(type(value))).isEqualTo(value);
            sql.exec("DELETE FROM t");
            sql.exec("INSERT INTO t VALUES (?)", value);
            assertThat((Object) sql.query("SELECT a FROM t").one(type(value))).isEqualTo(value);
          }
        });
  }

  @Test
  @Conformance("C-SQL-02")
  void bytes_areReadBack_andNullIsNull() {
    sql(
        sql -> {
          assertThat(sql.query("SELECT x'ff'").one(byte[].class)).containsExactly(255);
          assertThat(sql.query("SELECT zeroblob(10)").one(byte[].class)).hasSize(10);
          assertThat(sql.query("SELECT NULL").maps().getFirst()).containsValue(null);
          byte[] all = new byte[256];
          for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
          }
          assertThat(sql.query("SELECT ?", all).one(byte[].class)).isEqualTo(all);
          assertThat(sql.query("SELECT ?", new byte[0]).one(byte[].class)).isEmpty();
          assertThat(sql.query("SELECT x''").one(byte[].class)).isEmpty();
          assertThat(sql.query("SELECT typeof(?)", new byte[0]).one(String.class))
              .isEqualTo("blob");
        });
  }

  @Test
  @Conformance("C-SQL-54")
  void bytes_areTakenWhenTheyAreBound() {
    sql(
        sql -> {
          byte[] bytes = {1, 2, 3};
          var rows =
              sql.query("SELECT ?1 UNION ALL SELECT ?1", bytes).stream(byte[].class).iterator();
          bytes[0] = 9;
          assertThat(rows.next()).containsExactly(1, 2, 3);
          assertThat(rows.next()).containsExactly(1, 2, 3);
        });
  }

  @Test
  void sqlite_seesItsOwnTypes() {
    sql(
        sql -> {
          assertThat(kind(sql, true)).isEqualTo("integer 1");
          assertThat(kind(sql, (byte) 1)).isEqualTo("integer 1");
          assertThat(kind(sql, Long.MAX_VALUE)).isEqualTo("integer 9223372036854775807");
          assertThat(kind(sql, new BigInteger("7"))).isEqualTo("integer 7");
          assertThat(kind(sql, 1.5f)).isEqualTo("real 1.5");
          assertThat(kind(sql, 'c')).isEqualTo("text c");
          assertThat(kind(sql, Level.HIGH)).isEqualTo("text HIGH");
          assertThat(kind(sql, new BigDecimal("1E+3"))).isEqualTo("text 1000");
          assertThat(kind(sql, Instant.parse("2026-11-24T10:00:00Z")))
              .isEqualTo("text 2026-11-24T10:00:00.000000000Z");
          assertThat(kind(sql, LocalTime.of(9, 30))).isEqualTo("text 09:30:00.000000000");
          assertThat(kind(sql, LocalDateTime.of(2026, 1, 2, 3, 4)))
              .isEqualTo("text 2026-01-02T03:04:00.000000000");
          assertThat(kind(sql, LocalDate.of(7, 1, 2))).isEqualTo("text 0007-01-02");
        });
  }

  private static String kind(Sql sql, Object value) {
    return sql.query("SELECT typeof(?1) || ' ' || ?1", value).one(String.class);
  }

  @Test
  void times_areSortedAndUnderstood() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a)");
          for (String time :
              List.of("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00Z", "0999-01-01T00:00:00Z")) {
            sql.exec("INSERT INTO t VALUES (?)", Instant.parse(time));
          }
          assertThat(sql.query("SELECT a FROM t ORDER BY a").list(Instant.class)).isSorted();
          assertThat(
                  sql.query("SELECT unixepoch(?)", Instant.ofEpochSecond(1_234_567_890))
                      .one(Long.class))
              .isEqualTo(1_234_567_890);
          assertThat(
                  sql.query("SELECT date(?, '+1 day')", LocalDate.of(2026, 2, 28))
                      .one(LocalDate.class))
              .isEqualTo(LocalDate.of(2026, 3, 1));
        });
  }

  @Test
  void valuesThatSqliteDoesNotKeep_areRefused_beforeAnythingRuns() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a, b)");
          for (Object value :
              List.of(
                  Double.NaN,
                  Float.NaN,
                  BigInteger.TWO.pow(63),
                  BigInteger.TWO.pow(64).negate(),
                  LocalDate.of(10_000, 1, 1),
                  LocalDate.of(-1, 12, 31),
                  Instant.MAX,
                  LocalDateTime.MIN,
                  new Object(),
                  List.of(1),
                  Optional.of(1),
                  new int[] {1},
                  ZonedDateTime.parse("2026-01-01T00:00:00Z"),
                  "half of \ud83d",
                  "\ude00",
                  '\ud83d')) {
            assertThatIllegalArgumentException()
                .as("%s", value)
                .isThrownBy(() -> sql.exec("INSERT INTO t VALUES (?, ?)", 1, value))
                .withMessageContaining("Scripted/a: parameter 2: expected ")
                .withMessageContaining("INSERT INTO t");
          }
          assertThat(number(sql, "SELECT count(*) FROM t")).isZero();
        });
  }

  private static void assertRefused(Sql sql, String value, Class<?> type) {
    assertThatIllegalArgumentException()
        .as("%s as %s", value, type)
        .isThrownBy(() -> sql.query("SELECT " + value + " AS c").one(type))
        .withMessageContaining("c: expected a value for " + type.getTypeName());
  }

  @Test
  void valuesThatATypeCannotHold_areRefused() {
    sql(
        sql -> {
          assertRefused(sql, "2147483648", int.class);
          assertRefused(sql, "-32769", Short.class);
          assertRefused(sql, "128", byte.class);
          assertRefused(sql, "2", boolean.class);
          assertRefused(sql, "1.5", long.class);
          assertRefused(sql, "1.0", Long.class);
          assertRefused(sql, "'1'", long.class);
          assertRefused(sql, "9007199254740993", double.class);
          assertRefused(sql, "9223372036854775807", Double.class);
          assertRefused(sql, "'1.5'", double.class);
          assertRefused(sql, "1e300", float.class);
          assertRefused(sql, "1", String.class);
          assertRefused(sql, "x'00'", String.class);
          assertRefused(sql, "'a'", byte[].class);
          assertRefused(sql, "'MIDDLE'", Level.class);
          assertRefused(sql, "1", Level.class);
          assertRefused(sql, "'no'", UUID.class);
          assertRefused(sql, "'2026-01-01'", Instant.class);
          assertRefused(sql, "5", Instant.class);
          assertRefused(sql, "'2026-02-30'", LocalDate.class);
          assertRefused(sql, "'25:00'", LocalTime.class);
          assertRefused(sql, "'2026-01-01'", LocalDateTime.class);
          assertRefused(sql, "1.5", BigInteger.class);
          assertRefused(sql, "'x'", BigDecimal.class);
        });
  }

  @Test
  void numbers_areReadAsWiderOnes() {
    sql(
        sql -> {
          assertThat(sql.query("SELECT 7").one(double.class)).isEqualTo(7.0);
          assertThat(sql.query("SELECT 9007199254740992").one(double.class)).isEqualTo(0x1p53);
          assertThat(sql.query("SELECT -9223372036854775808").one(double.class)).isEqualTo(-0x1p63);
          assertThat(sql.query("SELECT 7").one(float.class)).isEqualTo(7.0f);
          assertThat(sql.query("SELECT 7").one(BigInteger.class)).isEqualTo("7");
          assertThat(sql.query("SELECT '123456789012345678901'").one(BigInteger.class))
              .isEqualTo("123456789012345678901");
          assertThat(sql.query("SELECT 1.5").one(BigDecimal.class)).isEqualTo("1.5");
          assertThat(sql.query("SELECT 7").one(BigDecimal.class)).isEqualTo("7");
          assertThat(sql.query("SELECT 7").one(Object.class)).isEqualTo(7L);
        });
  }
}
