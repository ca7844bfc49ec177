// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.engine.sql.text.Script;
import dev.holdfast.store.ObjectRef;

/** Whose database it is that statements run on. Object thread only. */
interface DatabaseHost {

  /** The object, for messages. */
  ObjectRef object();

  SqlLimits limits();

  /** How many bytes of pages a turn may change. */
  long commitBytes();

  /** The largest value, and the largest row: none can be committed that is larger. */
  default long valueBytes() {
    return commitBytes();
  }

  /**
   * A statement has made the database so large.
   *
   * @throws dev.holdfast.LimitExceededException if the object has stored more than it may then
   */
  default void checkSize(long bytes) {}

  /** The database, open, and ready for a statement. */
  Database enter();

  /** A pragma that holds for the connection was set: it is to hold for the next one too. */
  void set(Script.Setting setting);

  /** A cursor has rows to be read; {@link #readsNoMore} follows. */
  void reads(Cursor rows);

  void readsNoMore(Cursor rows);

  /** SQLite or its file has failed, and what was written with it. What is returned is thrown. */
  Error broke(String what, Exception why);
}
