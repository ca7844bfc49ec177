// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.SqlException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A random turn of an object, which does to a model what it does to the object. Run again it does
 * the same again.
 */
final class SqlTurn implements Script {
  private static final int TABLES = 3;
  private static final int ROWS = 60;
  private static final int MUCH = 40;

  private final SqlModel before;
  private final long seed;

  /** The states after each commit of it, the one before it first; the last is not committed. */
  private volatile List<SqlModel> states;

  /** How many of them were confirmed to it, the one before it included. */
  private volatile int confirmed = 1;

  private Random random;
  private SqlModel model;
  private boolean aborts;
  private Stream<String> reading = Stream.empty();

  SqlTurn(SqlModel before, long seed) {
    this.before = before;
    this.seed = seed;
    this.states = List.of(before);
    this.random = new Random(seed);
    this.model = before.copy();
  }

  /** What the object may hold if the turn ended well. */
  SqlModel after() {
    return states.getLast();
  }

  /** What the object may hold if it is not known how the turn has ended. */
  List<SqlModel> possible() {
    return states.subList(confirmed - 1, states.size());
  }

  private static final class Undo extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public String run(Scripted self) {
    random = new Random(seed);
    model = before.copy();
    confirmed = 1;
    states = List.of(before);
    aborts = false;
    reading = Stream.empty();
    for (int steps = 1 + random.nextInt(6); steps > 0; steps--) {
      step(self);
    }
    note();
    if (aborts) {
      self.context().abort("on purpose");
    }
    return "";
  }

  private void note() {
    List<SqlModel> more = new ArrayList<>(states);
    more.add(model.copy());
    states = List.copyOf(more);
  }

  private void step(Scripted self) {
    switch (random.nextInt(24)) {
      case 0 -> {
        note();
        self.store().sync();
        confirmed = states.size();
      }
      case 1 -> aborts = random.nextInt(3) == 0;
      case 2 -> {
        if (random.nextInt(4) == 0) {
          self.store().deleteAll();
          model.become(new SqlModel());
        }
      }
      default -> change(self, 0);
    }
  }

  private void change(Scripted self, int depth) {
    String table = (random.nextInt(4) == 0 ? "f" : "t") + random.nextInt(TABLES);
    int what = random.nextInt(16);
    if (what < 4 && what != 2) {
      // SQLite changes no table that is being read.
      reading.close();
    }
    if (!model.tables.containsKey(table)) {
      create(self, table);
      return;
    }
    switch (what) {
      case 0 -> {
        self.database().exec("DROP TABLE " + table);
        model.tables.remove(table);
      }
      case 1 -> {
        model.version = random.nextInt(1_000);
        self.database().exec("PRAGMA user_version=" + model.version);
      }
      case 2 -> model.count = self.add("count", 1 + random.nextInt(9));
      case 3 -> table(self, table).index(random);
      case 4, 5 -> delete(self, table);
      case 6, 7 -> update(self, table);
      case 8 -> fail(self, table);
      case 9 -> read(self, table);
      case 10 -> undoMuch(self, table);
      case 11, 12 -> {
        if (depth < 4) {
          transaction(self, depth);
        }
      }
      default -> insert(self, table, 1 + random.nextInt(ROWS), 300);
    }
  }

  private RandomTable table(Scripted self, String table) {
    return new RandomTable(self.database(), table, model.rows(table));
  }

  private void create(Scripted self, String table) {
    model.tables.put(table, new TreeMap<>());
    table(self, table).create();
    if (random.nextBoolean()) {
      insert(self, table, 1 + random.nextInt(ROWS), 300);
    }
  }

  private void insert(Scripted self, String table, int rows, int maxBytes) {
    int bytes = random.nextInt(12) == 0 ? 200_000 : maxBytes;
    for (int i = 0; i < (bytes > maxBytes ? 2 : rows); i++) {
      String text = SqlModel.text(random, bytes);
      long n = random.nextInt(10_000);
      if (SqlModel.isFullText(table)) {
        table(self, table).replace(n, text);
      } else {
        long returned =
            self.database()
                .query(
                    "INSERT INTO %s VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET v = excluded.v, b = excluded.b RETURNING n"
                        .formatted(table),
                    n,
                    text,
                    SqlModel.blob(text))
                .one(Long.class);
        if (returned != n) {
          throw new AssertionError("returned " + returned + " for " + n);
        }
        model.rows(table).put(n, text);
      }
    }
  }

  private void delete(Scripted self, String table) {
    long from = random.nextInt(10_000);
    long to = from + random.nextInt(random.nextInt(5) == 0 ? 10_000 : 1_000);
    table(self, table).delete(from, to);
  }

  private void update(Scripted self, String table) {
    long from = random.nextInt(10_000);
    table(self, table).update(from, from + 1_000, SqlModel.text(random, 2_000));
  }

  private void fail(Scripted self, String table) {
    var rows = model.rows(table);
    if (!SqlModel.isFullText(table) && !rows.isEmpty()) {
      String statement = "INSERT INTO %s(n) VALUES (20000), (%d)".formatted(table, rows.firstKey());
      assertThatThrownBy(() -> self.database().exec(statement)).isInstanceOf(SqlException.class);
    }
  }

  private void read(Scripted self, String table) {
    reading.close();
    reading = self.database().query("SELECT v FROM " + table).stream(String.class);
    var rows = reading.iterator();
    for (int i = random.nextInt(5); i > 0 && rows.hasNext(); i--) {
      rows.next();
    }
  }

  /** More than SQLite keeps in memory: it writes to its log what is undone then. */
  private void undoMuch(Scripted self, String table) {
    if (random.nextInt(4) != 0 || SqlModel.isFullText(table)) {
      return;
    }
    int from = 30_000 + random.nextInt(10);
    assertThatThrownBy(
            () ->
                self.store()
                    .transaction(
                        () -> {
                          for (int i = 0; i < MUCH; i++) {
                            self.database()
                                .exec(
                                    "INSERT INTO %s VALUES (?, 'x', randomblob(100000))"
                                        .formatted(table),
                                    from + i);
                          }
                          throw new Undo();
                        }))
        .isInstanceOf(Undo.class);
  }

  private void transaction(Scripted self, int depth) {
    SqlModel mark = model.copy();
    int ending = random.nextInt(3);
    try {
      self.store()
          .transaction(
              () -> {
                for (int steps = random.nextInt(4); steps > 0; steps--) {
                  change(self, depth + 1);
                }
                if (ending == 1) {
                  self.store().rollback();
                  model.become(mark);
                  change(self, depth + 1);
                } else if (ending == 2) {
                  throw new Undo();
                }
              });
    } catch (Undo e) {
      model.become(mark);
    }
  }
}
