// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql.floor;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;

/** The database of one shop, open until the process ends. Thread-safe: one statement at a time. */
public final class ShopFile implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final Connection connection;
  private final PreparedStatement update;
  private final PreparedStatement read;

  /**
   * Opens a database, with {@code items} items if there is none.
   *
   * @param synchronous FULL syncs the log at each commit
   */
  public ShopFile(Path file, int items, SynchronousMode synchronous) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setGetGeneratedKeys(false);
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(synchronous);
    connection = JDBC.createConnection("jdbc:sqlite:" + file, config.toProperties());
    try (Statement setUp = connection.createStatement()) {
      setUp.execute("BEGIN IMMEDIATE");
      setUp.execute("CREATE TABLE IF NOT EXISTS item(id INTEGER PRIMARY KEY, n INTEGER NOT NULL)");
      setUp.execute(
          "INSERT OR IGNORE INTO item(id, n) WITH RECURSIVE ids(id) AS"
              + " (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < "
              + items
              + ") SELECT id, 0 FROM ids");
      setUp.execute("COMMIT");
    }
    update = connection.prepareStatement("UPDATE item SET n=n+1 WHERE id=?");
    read = connection.prepareStatement("SELECT n FROM item WHERE id=?");
  }

  /** Adds one to the number of an item; returns how many items that has changed. */
  public long update(long item) throws SQLException {
    lock.lock();
    try {
      update.setLong(1, item);
      return update.executeUpdate();
    } finally {
      lock.unlock();
    }
  }

  /** The number of an item. */
  public long read(long item) throws SQLException {
    lock.lock();
    try {
      read.setLong(1, item);
      try (ResultSet row = read.executeQuery()) {
        return row.getLong(1);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The sum of all numbers. */
  long total() throws SQLException {
    lock.lock();
    try (Statement sum = connection.createStatement();
        ResultSet row = sum.executeQuery("SELECT sum(n) FROM item")) {
      return row.getLong(1);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
