// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;

import dev.holdfast.Sql;

/** Tests of SQL whose statements run in events of the object {@code a}. */
abstract class SqlSuite extends EngineSuite {

  /** What a test does with the database. */
  interface Statements {
    void run(Sql sql) throws Exception;
  }

  /** What a test does as code of the object. */
  interface Code {
    void run(Scripted self) throws Exception;
  }

  /** Runs in an event of its own; what it throws fails the test. */
  void sql(Statements statements) {
    event(self -> statements.run(self.database()));
  }

  /** The same for what needs more than the database. */
  void event(Code code) {
    script(code);
    get(test.call("a", "event"));
  }

  /** What an event fails with. */
  Throwable failing(Code code) {
    script(code);
    return failure(test.call("a", "event"));
  }

  private void script(Code code) {
    test.script(
        "event",
        self -> {
          code.run(self);
          return "";
        });
  }

  /** The one value that a query gives. */
  static long number(Sql sql, String query) {
    return sql.query(query).one(Long.class);
  }
}
