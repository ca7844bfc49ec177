// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;

/** The object of docs/turns.md that keeps a field beside its storage. */
public final class LedgerObject extends DurableObject implements Ledger {
  private long total;

  public LedgerObject(ObjectContext ctx) {
    super(ctx);
    sql()
        .migrate(
            """
            CREATE TABLE entry (
              id     INTEGER PRIMARY KEY,
              amount INTEGER NOT NULL,
              note   TEXT NOT NULL CHECK (note <> ''),
              parent INTEGER REFERENCES entry (id) DEFERRABLE INITIALLY DEFERRED
            )
            """);
    total = stored();
  }

  // docs: turns-field
  /** Wrong: if the statement is refused, the field has changed and the database has not. */
  @Override
  public long addWrong(long amount, String note) {
    total += amount;
    sql().exec("INSERT INTO entry (amount, note) VALUES (?, ?)", amount, note);
    return total;
  }

  @Override
  public long add(long amount, String note) {
    sql().exec("INSERT INTO entry (amount, note) VALUES (?, ?)", amount, note);
    total += amount; // last: what could throw has not thrown
    return total;
  }

  // end docs

  @Override
  public long addUncovered(long amount) {
    total += amount;
    sql().exec("INSERT INTO entry (amount, note, parent) VALUES (?, 'uncovered', -1)", amount);
    return total;
  }

  @Override
  public long total() {
    return total;
  }

  @Override
  public long stored() {
    return sql().query("SELECT coalesce(sum(amount), 0) FROM entry").one(Long.class);
  }
}
