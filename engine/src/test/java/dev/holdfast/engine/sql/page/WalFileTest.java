// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from the logs that SQLite writes. */
class WalFileTest {
  private static final int PAGE_BYTES = 4096;
  private static final int HEADER_BYTES = 32;
  private static final int FRAME_BYTES = PAGE_BYTES + 24;

  @TempDir Path folder;

  /** What a reader of the log knows of the database. */
  private final TreeMap<Integer, byte[]> pages = new TreeMap<>();

  private Path file;
  private Path log;
  private Connection connection;
  private WalFile wal;

  @BeforeEach
  void open() throws SQLException, IOException {
    file = folder.resolve("a.db");
    log = folder.resolve("a.db-wal");
    connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    run("PRAGMA page_size=" + PAGE_BYTES);
    run("PRAGMA locking_mode=EXCLUSIVE");
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=OFF");
    run("PRAGMA wal_autocheckpoint=0");
    run("PRAGMA cache_size=10");
    number("PRAGMA schema_version");
    wal = new WalFile(log, PAGE_BYTES);
  }

  @AfterEach
  void close() throws SQLException, IOException {
    wal.close();
    connection.close();
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long number(String sql) throws SQLException {
    return number(sql, 1);
  }

  private long number(String sql, int column) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.getLong(column);
    }
  }

  /** How many frames are committed, as SQLite knows it. */
  private long frames() throws SQLException {
    return number("PRAGMA wal_checkpoint(NOOP)", 2);
  }

  private static WalFile.Changed committed(WalFile wal) throws IOException {
    return Objects.requireNonNull(wal.committed(), "nothing was committed");
  }

  /** Takes over what was committed. */
  private void read() throws SQLException, IOException {
    WalFile.Changed changed = committed(wal);
    wal.checkFrames(frames());
    for (Map.Entry<Integer, Long> place : changed.places().entrySet()) {
      byte[] page = new byte[PAGE_BYTES];
      wal.read(place.getValue(), page);
      pages.put(place.getKey(), page);
    }
    pages.tailMap(changed.pages(), false).clear();
  }

  private void truncate() throws SQLException {
    assertThat(number("PRAGMA wal_checkpoint(TRUNCATE)")).isZero();
    wal.truncated();
  }

  /** What was read is the database. */
  private void check() throws SQLException, IOException {
    Path copy = folder.resolve("copy.db");
    try (RandomAccessFile out = new RandomAccessFile(copy.toFile(), "rw")) {
      out.setLength(0);
      out.setLength(number("PRAGMA page_count") * PAGE_BYTES);
      for (Map.Entry<Integer, byte[]> page : pages.entrySet()) {
        out.seek((page.getKey() - 1L) * PAGE_BYTES);
        out.write(page.getValue());
      }
    }
    String rows = "SELECT coalesce(sum(n * length(v)), 0) FROM t";
    try (Connection copied = DriverManager.getConnection("jdbc:sqlite:" + copy);
        Statement statement = copied.createStatement()) {
      try (ResultSet row = statement.executeQuery("PRAGMA integrity_check")) {
        assertThat(row.getString(1)).isEqualTo("ok");
      }
      try (ResultSet row = statement.executeQuery(rows)) {
        assertThat(row.getLong(1)).isEqualTo(number(rows));
      }
    }
    assertThat((long) pages.lastKey()).isLessThanOrEqualTo(number("PRAGMA page_count"));
  }

  private void fill(int rows) throws SQLException {
    run(
        "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i LIMIT %d) INSERT INTO t SELECT NULL, randomblob(1000) FROM i"
            .formatted(rows));
  }

  @Test
  void logThatIsNotThere_isAnError() {
    assertThatThrownBy(() -> new WalFile(folder.resolve("none"), PAGE_BYTES))
        .isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void emptyLog_andTransactionsThatChangeNothing_areNoCommits() throws Exception {
    assertThat(wal.committed()).isNull();
    run("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
    read();
    run("DELETE FROM t WHERE n = 7");
    assertThat(wal.committed()).isNull();
    run("BEGIN");
    number("SELECT count(*) FROM t");
    run("COMMIT");
    assertThat(wal.committed()).isNull();
    check();
  }

  @Test
  void rolledBackTransactionThatSpilled_isNoCommit_alsoWhenTheNextOneIsWrittenOverIt()
      throws Exception {
    run("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
    read();
    for (int round = 0; round < 5; round++) {
      run("BEGIN");
      fill(200);
      assertThat(wal.bytesBehindCommit()).isGreaterThan(20 * PAGE_BYTES);
      assertThat(wal.committed()).isNull();
      run("ROLLBACK");
      assertThat(wal.committed()).isNull();
      fill(1 + round);
      read();
      check();
    }
  }

  @Test
  void savepointsThatSpilledAndWereUndone_areNotPartOfTheCommit() throws Exception {
    run("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
    read();
    run("BEGIN");
    fill(50);
    run("SAVEPOINT a");
    run("UPDATE t SET v = zeroblob(2000)");
    fill(100);
    run("ROLLBACK TO a");
    fill(3);
    run("UPDATE t SET v = zeroblob(10) WHERE n % 2 = 0");
    assertThat(wal.committed()).isNull();
    run("COMMIT");
    read();
    check();
  }

  @Test
  void pagesThatATransactionWritesAgainAndAgain_countOnce() throws Exception {
    run("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
    fill(100);
    read();
    run("BEGIN");
    for (int i = 0; i < 10; i++) {
      run("UPDATE t SET v = randomblob(1000)");
    }
    run("COMMIT");
    read();
    check();
  }

  @Test
  void checkpoint_beginsTheLogAnew() throws Exception {
    run("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
    read();
    for (int round = 0; round < 4; round++) {
      fill(30);
      read();
      truncate();
      assertThat(wal.bytes()).isZero();
      assertThat(wal.committed()).isNull();
      fill(3);
      read();
      check();
    }
  }

  @Test
  void commitOfTheFirstPageAlone_isOne() throws Exception {
    run("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
    read();
    run("PRAGMA user_version=77");
    WalFile.Changed changed = committed(wal);
    assertThat(changed.places()).containsOnlyKeys(1);
    assertThat(changed.pages()).isEqualTo(2);
  }

  @Test
  void databaseThatShrinks_losesThePagesBeyondItsEnd() throws Exception {
    run("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
    fill(300);
    read();
    int before = pages.size();
    run("DELETE FROM t WHERE n > 10");
    read();
    check();
    run("VACUUM");
    read();
    assertThat(pages.size()).isLessThan(before / 4);
    check();
    run("PRAGMA auto_vacuum=INCREMENTAL");
    run("VACUUM");
    fill(300);
    run("DELETE FROM t WHERE n > 20");
    read();
    run("PRAGMA incremental_vacuum");
    read();
    check();
    fill(100);
    read();
    check();
  }

  @Test
  void severalCommitsAtOnce_areReadAsOne() throws Exception {
    run("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
    fill(100);
    run("DELETE FROM t");
    fill(5);
    read();
    check();
  }

  @Test
  void logThatCannotBeReadOn_isAnError() throws Exception {
    run("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
    read();
    long first = wal.bytes();
    fill(3);
    try (RandomAccessFile cut = new RandomAccessFile(log.toFile(), "rw")) {
      cut.setLength(first);
      cut.setLength(first + FRAME_BYTES);
    }
    assertThat(wal.committed()).isNull();
    assertThatThrownBy(() -> wal.checkFrames(frames()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can be read");
  }

  @Test
  void holeThatSqliteGivesChecksums_isAnError() throws Exception {
    run("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
    fill(100);
    read();
    long first = wal.bytes();
    run("BEGIN");
    run("UPDATE t SET v = zeroblob(1000) WHERE n <= 80");
    assertThat(wal.bytesBehindCommit()).as("spilled").isGreaterThan(8 * FRAME_BYTES);
    try (RandomAccessFile hole = new RandomAccessFile(log.toFile(), "rw")) {
      hole.seek(first + 5 * FRAME_BYTES);
      hole.write(new byte[FRAME_BYTES]);
    }
    run("UPDATE t SET v = randomblob(1000) WHERE n = 1");
    run("COMMIT");
    assertThatThrownBy(wal::committed)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("page 0");
  }

  /** A copy of the log, damaged, and with as many checksums of the other byte order as wanted. */
  private Path copyOfLog(boolean otherOrder) throws IOException {
    Path copy = folder.resolve("copy-wal");
    byte[] bytes = Files.readAllBytes(log);
    if (otherOrder) {
      bytes[3] ^= 1;
      boolean big = (bytes[3] & 1) != 0;
      long sum = sum(bytes, 0, 24, 0, big);
      put(bytes, 24, sum);
      for (int at = HEADER_BYTES; at + FRAME_BYTES <= bytes.length; at += FRAME_BYTES) {
        sum = sum(bytes, at, 8, sum, big);
        sum = sum(bytes, at + 24, PAGE_BYTES, sum, big);
        put(bytes, at + 16, sum);
      }
    }
    return Files.write(copy, bytes);
  }

  private static void put(byte[] bytes, int at, long value) {
    for (int i = 0; i < 8; i++) {
      bytes[at + i] = (byte) (value >>> (56 - 8 * i));
    }
  }

  private static int word(byte[] bytes, int at, boolean big) {
    int word = 0;
    for (int i = 0; i < 4; i++) {
      word = word << 8 | (bytes[big ? at + i : at + 3 - i] & 0xff);
    }
    return word;
  }

  /** Section 4.2 of SQLite's page "Database File Format". */
  private static long sum(byte[] bytes, int from, int length, long before, boolean big) {
    int s0 = (int) (before >>> 32);
    int s1 = (int) before;
    for (int at = from; at < from + length; at += 8) {
      s0 += word(bytes, at, big) + s1;
      s1 += word(bytes, at + 4, big) + s0;
    }
    return (long) s0 << 32 | (s1 & 0xffff_ffffL);
  }

  @Test
  void checksumsOfTheOtherByteOrder_areUnderstood() throws Exception {
    run("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
    fill(20);
    WalFile.Changed same = committed(wal);
    try (WalFile other = new WalFile(copyOfLog(true), PAGE_BYTES)) {
      assertThat(other.committed()).isEqualTo(same);
    }
  }

  @Test
  void damagedFrame_endsWhatCounts() throws Exception {
    run("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
    long first = wal.bytes();
    fill(1);
    Random random = new Random(1);
    for (int i = 0; i < 50; i++) {
      Path copy = copyOfLog(false);
      try (RandomAccessFile damaged = new RandomAccessFile(copy.toFile(), "rw")) {
        long at = first + random.nextLong(FRAME_BYTES);
        damaged.seek(at);
        int known = damaged.read();
        damaged.seek(at);
        damaged.write(known ^ (1 << random.nextInt(8)));
      }
      try (WalFile read = new WalFile(copy, PAGE_BYTES)) {
        WalFile.Changed changed = committed(read);
        assertThat(changed.pages()).isEqualTo(2);
        assertThat(changed.places().values()).allMatch(place -> place < first);
        assertThat(read.committed()).isNull();
      }
    }
  }

  @Test
  void damagedHeader_andLogThatWasCut_areErrors() throws Exception {
    run("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
    for (int at = 0; at < HEADER_BYTES; at++) {
      Path copy = copyOfLog(false);
      byte[] bytes = Files.readAllBytes(copy);
      bytes[at] ^= 64;
      Files.write(copy, bytes);
      try (WalFile read = new WalFile(copy, PAGE_BYTES)) {
        assertThatThrownBy(read::committed).isInstanceOf(IOException.class);
      }
    }
    Path copy = copyOfLog(false);
    try (WalFile read = new WalFile(copy, PAGE_BYTES)) {
      assertThat(read.committed()).isNotNull();
      try (RandomAccessFile cut = new RandomAccessFile(copy.toFile(), "rw")) {
        cut.setLength(cut.length() - 1);
      }
      assertThatThrownBy(read::committed).isInstanceOf(IOException.class);
    }
  }
}
