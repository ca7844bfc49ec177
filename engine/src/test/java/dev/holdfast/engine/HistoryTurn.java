// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.Bookmark;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A random turn of an object that changes its map and its database, takes bookmarks, and does to a
 * model what it does to the object. Run again it does the same again.
 */
final class HistoryTurn implements Script {
  private static final int KEYS = 12;
  private static final int TABLES = 3;

  /** More than fits in one part of a way back. */
  private static final int MUCH = 30;

  /** How the turn ends. */
  enum End {
    RETURNS,
    /** What it wrote stays. */
    THROWS,
    /** What it wrote since it last synced is dropped. */
    ABORTS
  }

  /** The state that a bookmark must show. */
  record Marked(Bookmark bookmark, HistoryState state, long digest) {}

  /** Why it throws. */
  static final class Thrown extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final HistoryState before;
  private final long seed;
  private final Supplier<Long> digest;

  /** The states after each commit of it, the one before it first. */
  private volatile List<HistoryState> states;

  private volatile List<Marked> marked = List.of();
  private volatile End end = End.RETURNS;
  private boolean marks = true;
  private Random random;
  private HistoryState model;

  /**
   * @param digest what the store has of the object now
   */
  HistoryTurn(HistoryState before, long seed, Supplier<Long> digest) {
    this.before = before;
    this.seed = seed;
    this.digest = digest;
    this.states = List.of(before);
    this.random = new Random(seed);
    this.model = before.copy();
  }

  /** The same without bookmarks, for turns of which nobody knows how they end. */
  HistoryTurn unmarked() {
    marks = false;
    return this;
  }

  /** What the object holds after it has run to its end. */
  HistoryState after() {
    return states.getLast();
  }

  /** What the object may hold if it is not known how far it came, each state it passed through. */
  List<HistoryState> possible() {
    return states;
  }

  List<Marked> marked() {
    return marked;
  }

  @Override
  public String run(Scripted self) {
    random = new Random(seed);
    model = before.copy();
    states = List.of(before);
    marked = List.of();
    end = random.nextInt(8) > 0 ? End.RETURNS : random.nextBoolean() ? End.THROWS : End.ABORTS;
    if (random.nextInt(3) == 0) {
      // From then on it counts exactly what the turn writes, until that is committed.
      long _ = self.store().storedBytes();
    }
    mark(self);
    for (int steps = 1 + random.nextInt(6); steps > 0; steps--) {
      if (random.nextInt(12) == 0) {
        self.store().sync();
        note();
        mark(self);
      } else {
        change(self, 0);
      }
    }
    return switch (end) {
      case RETURNS -> {
        note();
        yield "";
      }
      case THROWS -> {
        note();
        throw new Thrown();
      }
      case ABORTS -> {
        self.context().abort("on purpose");
        yield "";
      }
    };
  }

  End end() {
    return end;
  }

  private void note() {
    List<HistoryState> more = new ArrayList<>(states);
    more.add(model.copy());
    states = List.copyOf(more);
  }

  /** Where nothing was written since the last commit. */
  private void mark(Scripted self) {
    if (marks && end != End.ABORTS && random.nextInt(3) == 0) {
      List<Marked> more = new ArrayList<>(marked);
      more.add(new Marked(self.store().history().current(), model.copy(), digest.get()));
      marked = List.copyOf(more);
    }
  }

  private void change(Scripted self, int depth) {
    switch (random.nextInt(20)) {
      case 0 -> {
        if (depth == 0 && random.nextInt(3) == 0) {
          self.store().deleteAll();
          model.become(new HistoryState());
        }
      }
      case 1 -> model.entries.put(append(self), "appended");
      case 2, 3, 4 -> put(self);
      case 5, 6 -> {
        String key = "k" + random.nextInt(KEYS);
        self.store().delete(key);
        model.entries.remove(key);
      }
      case 7, 8 -> {
        if (depth < 3) {
          transaction(self, depth);
        }
      }
      case 9 -> {
        model.version = random.nextInt(1_000);
        self.database().exec("PRAGMA user_version=" + model.version);
      }
      default -> changeTable(self, "t" + random.nextInt(TABLES));
    }
  }

  private static String append(Scripted self) {
    return self.store().append("log/", "appended");
  }

  private void put(Scripted self) {
    String key = "k" + random.nextInt(KEYS);
    String text = SqlModel.text(random, 100);
    String value = random.nextInt(10) == 0 ? text.repeat(1_000) : text;
    self.store().put(key, value);
    model.entries.put(key, value);
  }

  private void changeTable(Scripted self, String name) {
    int what = random.nextInt(10);
    boolean isNew = !model.tables.containsKey(name);
    if (isNew) {
      model.tables.put(name, new TreeMap<>());
      what = 9;
    }
    RandomTable table = new RandomTable(self.database(), name, model.rows(name));
    if (isNew) {
      table.create();
    }
    switch (what) {
      case 0 -> {
        self.database().exec("DROP TABLE " + name);
        model.tables.remove(name);
      }
      case 1 -> table.index(random);
      case 2, 3 -> {
        long from = random.nextInt(1_000);
        table.delete(from, from + random.nextInt(random.nextInt(3) == 0 ? 100_000 : 300));
      }
      case 4, 5 -> {
        long from = random.nextInt(1_000);
        table.update(from, from + 100, SqlModel.text(random, 500));
      }
      default -> {
        boolean large = random.nextInt(25) == 0;
        int rows = large ? 1 + random.nextInt(MUCH) : 1 + random.nextInt(20);
        for (int i = 0; i < rows; i++) {
          String text = SqlModel.text(random, large ? 400_000 : 400);
          table.replace(random.nextInt(1_000), text);
        }
      }
    }
  }

  private void transaction(Scripted self, int depth) {
    HistoryState start = model.copy();
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
                  model.become(start);
                } else if (ending == 2) {
                  throw new Thrown();
                }
              });
    } catch (Thrown e) {
      model.become(start);
    }
  }
}
