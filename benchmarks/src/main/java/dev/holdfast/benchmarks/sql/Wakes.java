// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql;

import static dev.holdfast.benchmarks.contest.Table.Column.number;
import static dev.holdfast.benchmarks.contest.Table.Column.text;

import dev.holdfast.Bookmark;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.DataFolder;
import dev.holdfast.benchmarks.contest.EntryOptions;
import dev.holdfast.benchmarks.contest.Progress;
import dev.holdfast.benchmarks.contest.Table;
import dev.holdfast.benchmarks.sql.app.Catalogue;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Properties;
import org.sqlite.JDBC;

/**
 * How long an object with a database takes from its sleep to the first answered SELECT, with its
 * scratch file and without, and how long a fork takes. The floor does with bare files what cannot
 * be done without: it opens the file, or copies it first.
 */
final class Wakes {
  private static final String NAME = "big";
  private static final int PRODUCTS_AT_ONCE = 1_000;
  private static final double LOST_BUDGET_MILLIS = 600;

  private final Progress progress;
  private final EntryOptions entry;
  private final Table table;

  Wakes(Progress progress, EntryOptions entry, PrintStream out) {
    this.progress = progress;
    this.entry = entry;
    this.table =
        Table.open(
            out,
            text("what"),
            number("MiB"),
            text("server"),
            number("median ms"),
            number("least"),
            number("most"),
            number("of"),
            text("budget"));
  }

  /**
   * @param mebibytes of the database
   * @param times each is measured
   * @param large whether forks are measured, and held against budgets
   */
  void run(int mebibytes, int times, boolean large) throws Exception {
    DataFolder folder = DataFolder.create(entry.data(), "wakes-");
    Path file = folder.path().resolve("floor.db");
    try (SqlNode node = SqlNode.start(entry.data())) {
      progress.show("filling a database of %,d MiB".formatted(mebibytes));
      long products = fill(node, mebibytes);
      node.restart(scratch -> Files.copy(SqlNode.Scratch.only(scratch), file));
      if (entry.has(Contender.OURS)) {
        wake(node, mebibytes, times, products, large);
        if (large) {
          fork(node, mebibytes, times);
        }
      }
      if (entry.has(Contender.FLOOR)) {
        floor(file, mebibytes, times, large);
      }
    } finally {
      folder.delete();
    }
  }

  /** Returns how many products there are. */
  private static long fill(SqlNode node, int mebibytes) {
    Catalogue catalogue = catalogue(node);
    long products = 0;
    long bytes = 0;
    while (bytes < (long) mebibytes << 20) {
      bytes = catalogue.add(PRODUCTS_AT_ONCE);
      products += PRODUCTS_AT_ONCE;
    }
    return products;
  }

  private static Catalogue catalogue(SqlNode node) {
    return node.engine().objects(Catalogue.class).getByName(NAME);
  }

  private void wake(SqlNode node, int mebibytes, int times, long products, boolean large)
      throws Exception {
    progress.show("waking it");
    row(
        "wake, scratch file kept",
        mebibytes,
        "ours",
        Samples.take(times, i -> wakeOnce(node, products, SqlNode.Scratch::keep, false)),
        times,
        "");
    Samples lost = Samples.take(times, i -> wakeOnce(node, products, SqlNode.Scratch::lose, true));
    row(
        "wake, scratch file lost",
        mebibytes,
        "ours",
        lost,
        times,
        large ? lost.atMost(LOST_BUDGET_MILLIS, "ms") : "");
  }

  private static double wakeOnce(
      SqlNode node, long products, SqlNode.Scratch scratch, boolean rebuilt) throws IOException {
    node.restart(scratch);
    Catalogue catalogue = catalogue(node);
    long start = System.nanoTime();
    long length = catalogue.descriptionLength(1 + start % products);
    double millis = millisSince(start);
    long pages = node.engine().sqlPagesRebuilt();
    if (length == 0 || rebuilt != pages > 0) {
      throw new IllegalStateException(
          "A description of %d letters, and %d pages read from the store".formatted(length, pages));
    }
    return millis;
  }

  private void fork(SqlNode node, int mebibytes, int times) throws Exception {
    progress.show("forking it");
    ObjectNamespace<Catalogue> all = node.engine().objects(Catalogue.class);
    Bookmark bookmark = Bookmark.parse(catalogue(node).bookmark());
    double[] first = new double[times];
    Samples forks =
        Samples.take(
            times,
            i -> {
              long start = System.nanoTime();
              Catalogue fork = all.fork(all.idFromName(NAME), bookmark, "fork" + i);
              double millis = millisSince(start);
              long woken = System.nanoTime();
              var _ = fork.descriptionLength(1);
              first[i] = millisSince(woken);
              return millis;
            });
    row("fork", mebibytes, "ours", forks, times, "");
    row("first SELECT of a fork", mebibytes, "ours", Samples.of(first), times, "");
  }

  private void floor(Path file, int mebibytes, int times, boolean large) throws Exception {
    progress.show("the same with bare files");
    Path copy = file.resolveSibling("copy.db");
    row(
        "wake, scratch file kept",
        mebibytes,
        "SQLite alone: open",
        Samples.take(times, i -> select(file, System.nanoTime())),
        times,
        "");
    row(
        "wake, scratch file lost",
        mebibytes,
        "SQLite alone: copy, open",
        Samples.take(
            times,
            i -> {
              long start = System.nanoTime();
              Files.copy(file, copy);
              double millis = select(copy, start);
              Files.delete(copy);
              return millis;
            }),
        times,
        "");
    if (large) {
      row("fork", mebibytes, "copy, fsync", Samples.take(times, i -> copy(file, copy)), times, "");
    }
  }

  private static double copy(Path file, Path copy) throws IOException {
    long start = System.nanoTime();
    Files.copy(file, copy);
    try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    double millis = millisSince(start);
    Files.delete(copy);
    return millis;
  }

  private static double select(Path file, long start) throws SQLException {
    try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + file, new Properties());
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT length(description) FROM product WHERE id=1")) {
      if (row.getLong(1) == 0) {
        throw new IllegalStateException("There is no product in " + file);
      }
      return millisSince(start);
    }
  }

  private static double millisSince(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  private void row(
      String what, int mebibytes, String server, Samples samples, int times, String budget) {
    table.row(
        what,
        Integer.toString(mebibytes),
        server,
        figure(samples.median()),
        figure(samples.least()),
        figure(samples.most()),
        Integer.toString(times),
        budget);
  }

  private static String figure(double millis) {
    return String.format(Locale.ROOT, "%,.1f", millis);
  }
}
