// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql.app;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;

/** One shop: a row an item. */
public final class ShopObject extends DurableObject implements Shop {

  public ShopObject(ObjectContext ctx) {
    super(ctx);
    sql()
        .migrate(
            """
            CREATE TABLE item(id INTEGER PRIMARY KEY, n INTEGER NOT NULL);
            INSERT INTO item(id, n)
              WITH RECURSIVE ids(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < %d)
              SELECT id, 0 FROM ids
            """
                .formatted(ITEMS));
  }

  @Override
  public long update(long item) {
    return sql().exec("UPDATE item SET n=n+1 WHERE id=?", item);
  }

  @Override
  public long read(long item) {
    return sql().query("SELECT n FROM item WHERE id=?", item).one(Long.class);
  }

  @Override
  public long total() {
    return sql().query("SELECT sum(n) FROM item").one(Long.class);
  }
}
