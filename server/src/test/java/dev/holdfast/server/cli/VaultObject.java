// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import dev.holdfast.DurableObject;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectContext;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An object that stores all that can be stored. */
final class VaultObject extends DurableObject implements Vault {
  /** By the id of the object. */
  private static final Map<String, AtomicInteger> INSTANCES = new ConcurrentHashMap<>();

  private final int number;

  record Point(int x, double y, List<String> tags) {}

  sealed interface Shape {}

  record Circle(long radius) implements Shape {}

  enum Colour {
    RED
  }

  VaultObject(ObjectContext ctx) {
    super(ctx);
    this.number =
        INSTANCES.computeIfAbsent(ctx.id().toString(), _ -> new AtomicInteger()).incrementAndGet();
  }

  /** One value of every kind, by its key. */
  static SequencedMap<String, Object> values() {
    byte[] large = new byte[2_000_000];
    Arrays.fill(large, (byte) 0x5a);
    SequencedMap<String, Object> values = new LinkedHashMap<>();
    values.put("", "the empty key");
    values.put("bytes", new byte[] {0, 1, (byte) 0xff});
    values.put("circle", new Circle(1L << 60));
    values.put("colour", Colour.RED);
    values.put("control\u001b[31m\n", "a \"quoted\"\u0007 \u202etext");
    values.put("decimal", new BigDecimal("1234567890123456789.000000000001"));
    values.put("duration", Duration.ofMillis(1500));
    values.put("false", false);
    values.put("instant", Instant.parse("2026-03-01T12:00:00.123456789Z"));
    values.put("integer", new BigInteger("123456789012345678901234567890"));
    values.put("large", large);
    values.put("long text", "ä".repeat(300_000));
    values.put("map", Map.of("k", List.of(1, 2)));
    values.put("nan", Double.NaN);
    values.put("none", Optional.empty());
    values.put("number", Long.MIN_VALUE);
    values.put("point", new Point(1, 0.5, List.of("a", "b")));
    values.put("uuid", new UUID(1, 2));
    values.put("\u00e4\u6f22\ud83d\ude00", "a key beyond ASCII");
    return values;
  }

  @Override
  public void fill() {
    values().forEach(storage()::put);
    sql().exec("CREATE TABLE kinds(i INTEGER, r REAL, t TEXT, b BLOB, n)");
    sql()
        .exec(
            "INSERT INTO kinds VALUES (?, ?, ?, ?, NULL)",
            Long.MAX_VALUE,
            0.25,
            "a \u001b text\nof lines",
            new byte[] {1, 2});
    sql().exec("CREATE INDEX by_i ON kinds(i)");
    sql().exec("CREATE TABLE \"odd \"\"name\"(v)");
    sql()
        .exec(
            "WITH RECURSIVE c(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM c WHERE v < 5000)"
                + " INSERT INTO \"odd \"\"name\" SELECT v FROM c");
    sql().exec("CREATE VIRTUAL TABLE words USING fts5(w)");
    sql().exec("INSERT INTO words VALUES ('to be found')");
  }

  @Override
  public void add(long added) {
    sql().exec("CREATE TABLE IF NOT EXISTS n(v INTEGER)");
    sql().exec("INSERT INTO n VALUES (?)", added);
    storage().put("n:" + added, added);
  }

  @Override
  public String state() {
    List<Long> values =
        List.copyOf(storage().list(Long.class, KeyRange.prefix("n:")).values()).stream()
            .sorted()
            .toList();
    List<Long> rows = sql().query("SELECT v FROM n ORDER BY v").list(Long.class);
    if (!values.equals(rows)) {
      throw new IllegalStateException("entries " + values + ", rows " + rows);
    }
    return values.toString();
  }

  @Override
  public String mark() {
    return storage().history().current().toString();
  }

  @Override
  public int instances() {
    return number;
  }
}
