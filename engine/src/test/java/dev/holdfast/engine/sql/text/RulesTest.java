// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.engine.Conformance;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What would leave the turn or the object is refused, and what only looks like it is not. */
final class RulesTest {
  private static final String TRANSACTION = "use storage().transaction(...)";
  private static final String TEMPORARY = "use WITH, a table that you empty, or a field";
  private static final String PLATFORM = "how the database is kept is the platform's";
  private static final String ROLLBACK = "it would undo the whole turn; use ABORT";

  private static Stream<Arguments> all(String why, String... statements) {
    return Stream.of(statements).map(statement -> Arguments.of(statement, why));
  }

  static Stream<Arguments> refused() {
    return Stream.of(
            all(
                TRANSACTION,
                "BEGIN",
                "begin",
                "BEGIN TRANSACTION",
                "BEGIN IMMEDIATE",
                "/* a */ BEGIN -- b",
                "COMMIT",
                "COMMIT TRANSACTION",
                "END",
                "END TRANSACTION",
                "ROLLBACK",
                "ROLLBACK TO a",
                "SAVEPOINT a",
                "RELEASE a",
                "RELEASE SAVEPOINT a"),
            all(
                "an object has one database",
                "ATTACH 'a' AS b",
                "ATTACH DATABASE ':memory:' AS b",
                "attach ? as b",
                "DETACH b"),
            all("free pages are used again", "VACUUM", "VACUUM main", "VACUUM INTO '/tmp/a'"),
            all("an object's past is kept by its history", "BACKUP TO '/tmp/a'", "backup to a"),
            all("it reads any file", "RESTORE FROM '/tmp/a'", "restore from a"),
            all(
                TEMPORARY,
                "CREATE TEMP TABLE a(b)",
                "CREATE TEMPORARY TABLE a(b)",
                "create temp table a(b)",
                "CREATE/**/TEMP/**/TABLE a(b)",
                "CREATE TEMP VIEW a AS SELECT 1",
                "CREATE TEMP TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END",
                "CREATE TABLE temp.a(b)",
                "CREATE TABLE TEMP . a(b)",
                "CREATE TABLE \"temp\".a(b)",
                "CREATE TABLE [Temp].a(b)",
                "CREATE TABLE `temp`.a(b)",
                "CREATE TABLE 'temp'.a(b)",
                "CREATE TABLE IF NOT EXISTS temp.a(b)",
                "CREATE TABLE temp.a AS SELECT 1",
                "CREATE VIEW temp.a AS SELECT 1",
                "CREATE INDEX temp.a ON t(b)",
                "CREATE UNIQUE INDEX IF NOT EXISTS temp.a ON t(b)",
                "CREATE TRIGGER temp.a AFTER INSERT ON t BEGIN SELECT 1; END",
                "CREATE VIRTUAL TABLE temp.a USING fts5(b)"),
            all(
                PLATFORM,
                "PRAGMA journal_mode",
                "PRAGMA journal_mode = DELETE",
                "PRAGMA journal_mode(OFF)",
                "pragma JOURNAL_MODE=wal",
                "PRAGMA main.journal_mode = DELETE",
                "PRAGMA \"main\".\"journal_mode\" = DELETE",
                "PRAGMA [main].[journal_mode](DELETE)",
                "PRAGMA 'journal_mode' = DELETE",
                "PRAGMA locking_mode = NORMAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA wal_checkpoint",
                "PRAGMA wal_checkpoint(TRUNCATE)",
                "PRAGMA wal_autocheckpoint = 1",
                "PRAGMA writable_schema = ON",
                "PRAGMA cache_size = 1000000",
                "PRAGMA mmap_size = 1",
                "PRAGMA temp_store_directory = '/tmp'",
                "PRAGMA trusted_schema = ON",
                "PRAGMA incremental_vacuum",
                "PRAGMA auto_vacuum = FULL",
                "PRAGMA shrink_memory",
                "PRAGMA key = 'a'",
                "PRAGMA no_such_pragma"),
            all("foreign keys are enforced", "PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys(0)"),
            all(
                "the database is called main",
                "PRAGMA temp.user_version",
                "PRAGMA temp.journal_mode = OFF",
                "PRAGMA other.user_version = 1"),
            all(
                ROLLBACK,
                "INSERT OR ROLLBACK INTO t VALUES (1)",
                "insert or rollback into t values (1)",
                "INSERT OR/**/ROLLBACK INTO t VALUES (1)",
                "UPDATE OR ROLLBACK t SET a = 1",
                "CREATE TABLE t(a UNIQUE ON CONFLICT ROLLBACK)",
                "CREATE TABLE t(a NOT NULL ON CONFLICT ROLLBACK)",
                "CREATE TABLE t(a, PRIMARY KEY (a) ON CONFLICT ROLLBACK)",
                "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT OR ROLLBACK INTO t VALUES (1); END",
                "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT RAISE(ROLLBACK, 'a'); END",
                "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT raise ( rollback , 'a'); END",
                "WITH x AS (SELECT $a(') AS v) INSERT OR ROLLBACK INTO t SELECT 1 --')"),
            all(
                "it loads code from any file",
                "SELECT load_extension('a')",
                "SELECT LOAD_EXTENSION ('a', 'b')",
                "SELECT \"load_extension\"('a')",
                "SELECT [load_extension]/**/('a')",
                "INSERT INTO t SELECT load_extension('a')"),
            all(
                "it calls code at any address",
                "SELECT fts3_tokenizer('simple', ?)",
                "SELECT \"Fts3_Tokenizer\" /**/ ('simple')"),
            all(
                "it writes beyond its memory",
                "SELECT replicate('aaaaaaaa', 536870912)",
                "CREATE VIEW v AS SELECT [replicate](a, b) FROM t",
                "CREATE TABLE u(a CHECK (padl(a, 9) = a))",
                "SELECT padr('a', 4294967296)",
                "SELECT PADC('a', 4294967296)",
                "SELECT * FROM t JOIN u ON replicate('a', 9)",
                "CREATE INDEX i ON \"replicate\"(a)",
                "CREATE TABLE replicate(a CHECK (replicate(a, 9) = a))",
                "INSERT INTO t(a) VALUES (replicate('a', 9))",
                "INSERT INTO t SELECT 'into' \"padl\"('a', 9)",
                "SELECT 1 AS \"into\", \"table\" replicate('a', 9)",
                "SELECT * FROM t WHERE EXISTS (SELECT replicate('a', 9))"),
            all(
                "use PRAGMA optimize",
                "SELECT * FROM pragma_optimize",
                "SELECT * FROM main.[Pragma_Optimize]('0x1fffe')"),
            all("free pages are used again", "VACUUM INTO replicate('a', 9)"),
            all("use substr(a, -3)", "SELECT rightstr('a', -5)"),
            all(
                "there are fts5, fts5vocab, rtree, rtree_i32",
                "CREATE VIRTUAL TABLE a USING fts3(b)",
                "CREATE VIRTUAL TABLE a USING fts4(b)",
                "CREATE VIRTUAL TABLE a USING fts3tokenize",
                "CREATE VIRTUAL TABLE IF NOT EXISTS main.a USING dbstat",
                "CREATE VIRTUAL TABLE \"using\" USING csv(b)",
                "CREATE VIRTUAL TABLE a USING \"fts4\"(b)"))
        .flatMap(each -> each);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refused_and_told_what_to_do(String statement, String why) {
    assertRefused(statement, why);
    assertRefused("SELECT 1; " + statement, why);
    assertRefused(statement + "; SELECT 1", why);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refused_when_it_is_to_be_explained(String statement, String why) {
    assertRefused("EXPLAIN " + statement, why);
    assertRefused("explain /* a */ query plan " + statement, why);
  }

  private static void assertRefused(String text, String why) {
    assertThatIllegalArgumentException()
        .as(text)
        .isThrownBy(() -> Script.parse(text))
        .withMessageContaining("is not for an object: ")
        .withMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PRAGMA user_version = 1",
        "PRAGMA user_version(1)",
        "PRAGMA main.user_version = 1",
        "PRAGMA \"main\".[user_version] = 1",
        "PRAGMA application_id = 1",
        "PRAGMA page_size",
        "PRAGMA page_count",
        "PRAGMA max_page_count",
        "PRAGMA data_version",
        "PRAGMA foreign_keys",
        "PRAGMA encoding",
        "PRAGMA table_list",
        "PRAGMA table_list(t)",
        "PRAGMA table_info(t)",
        "PRAGMA table_xinfo = t",
        "PRAGMA index_list(t)",
        "PRAGMA index_info(t)",
        "PRAGMA index_xinfo(t)",
        "PRAGMA foreign_key_list(t)",
        "PRAGMA foreign_key_check",
        "PRAGMA foreign_key_check(t)",
        "PRAGMA quick_check",
        "PRAGMA integrity_check(3)",
        "PRAGMA optimize",
        "PRAGMA optimize(0x10002)",
        "PRAGMA case_sensitive_like = ON",
        "PRAGMA defer_foreign_keys = ON",
        "PRAGMA ignore_check_constraints = ON",
        "PRAGMA legacy_alter_table = ON",
        "PRAGMA recursive_triggers = ON",
        "PRAGMA reverse_unordered_selects = ON",
        "EXPLAIN PRAGMA user_version"
      })
  void pragmas_that_leave_alone_how_the_database_is_kept(String text) {
    assertThat(Script.parse(text).statements()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PRAGMA page_size = 8192",
        "PRAGMA page_size(8192)",
        "PRAGMA main.page_size = 8192",
        "PRAGMA \"page_size\" = 8192",
        "PRAGMA max_page_count = 1",
        "PRAGMA data_version = 1",
        "PRAGMA schema_version = 1",
        "PRAGMA encoding = 'UTF-16'",
        "PRAGMA hard_heap_limit = 1",
        "PRAGMA hard_heap_limit"
      })
  @Conformance("C-SQL-15")
  void pragmas_that_may_only_be_read_if_at_all(String text) {
    assertRefused(text, PLATFORM);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 'BEGIN; COMMIT; ATTACH'",
        "SELECT 1 AS begin",
        "SELECT \"begin\", [commit], `rollback` FROM t",
        "SELECT a AS vacuum FROM savepoint",
        "SELECT a rollback FROM t",
        "SELECT rollback, a FROM t",
        "SELECT 1 -- OR ROLLBACK",
        "SELECT 1 /* PRAGMA journal_mode = OFF; */",
        "SELECT 'OR ROLLBACK', 'load_extension(1)'",
        "SELECT a OR \"rollback\" FROM t",
        "SELECT load_extension FROM t",
        "SELECT 'load_extension' FROM t",
        "SELECT replicate, a.padl FROM t AS a",
        "SELECT replace(a, 'replicate(', '') FROM t",
        "CREATE TABLE replicate (x)",
        "CREATE TABLE IF NOT EXISTS main.[padl](a)",
        "CREATE TABLE u(a REFERENCES \"padr\"(a))",
        "INSERT INTO \"padl\"(a) VALUES (1)",
        "insert into main.replicate(a) VALUES (1)",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO padc(a) VALUES (1); END",
        "SELECT a FROM temp",
        "SELECT a FROM \"temp\"",
        "SELECT temp.a FROM temp",
        "CREATE TABLE temp(a)",
        "CREATE TABLE \"temp\"(a)",
        "CREATE TABLE temporary(temp, begin, \"end\", pragma)",
        "CREATE TABLE main.temp(a)",
        "CREATE INDEX temp ON t(a)",
        "CREATE VIEW temp AS SELECT 1",
        "CREATE TABLE a AS SELECT temp.b FROM temp",
        "CREATE TABLE t(a UNIQUE ON CONFLICT REPLACE)",
        "CREATE TABLE t(rollback, attach, vacuum)",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT RAISE(ABORT, 'ROLLBACK'); END",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT RAISE(FAIL, 'a'); END",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT RAISE(IGNORE); END",
        "CREATE VIRTUAL TABLE a USING fts5(b)",
        "CREATE VIRTUAL TABLE a USING FTS5(fts4)",
        "CREATE VIRTUAL TABLE a USING \"fts5\"(b)",
        "CREATE VIRTUAL TABLE a USING fts5vocab('b', 'row')",
        "CREATE VIRTUAL TABLE a USING rtree(b, c, d)",
        "CREATE VIRTUAL TABLE a USING rtree_i32(b, c, d)",
        "CREATE VIRTUAL TABLE \"using\" USING fts5(b)",
        "INSERT OR ABORT INTO t VALUES ('ROLLBACK')",
        "INSERT OR REPLACE INTO t VALUES (1)",
        "INSERT OR IGNORE INTO rollback VALUES (1)",
        "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2",
        "UPDATE t SET rollback = 1, begin = 2",
        "DELETE FROM t WHERE a IN (SELECT rollback FROM u)",
        "DROP TABLE temp",
        "SELECT * FROM pragma_table_info('t')",
        "SELECT sqlite_version()",
        "ANALYZE",
        "REINDEX",
        "EXPLAIN SELECT 1",
        "nonsense",
        "!"
      })
  void what_only_looks_like_it_passes(String text) {
    assertThat(Script.parse(text).statements()).hasSize(1);
  }
}
