// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** The object of docs/sql.md that uses libraries. */
public final class OrdersObject extends DurableObject implements Orders {
  private static final Table<?> ORDERS = table(name("orders"));
  private static final Field<String> ITEM = field(name("item"), String.class);
  private static final Field<Integer> QUANTITY = field(name("quantity"), Integer.class);

  // docs: sql-libraries
  private final Jdbi jdbi;
  private final DSLContext jooq;

  public OrdersObject(ObjectContext ctx) {
    super(ctx);
    DataSource database = sql().dataSource();
    Flyway.configure().dataSource(database).locations("classpath:docs/orders").load().migrate();
    jdbi = Jdbi.create(database);
    jooq = DSL.using(database, SQLDialect.SQLITE);
  }

  @Override
  public void place(Map<String, Integer> quantities) {
    jdbi.useTransaction(
        handle ->
            quantities.forEach(
                (item, quantity) ->
                    handle.execute(
                        "INSERT INTO orders (item, quantity) VALUES (?, ?)", item, quantity)));
  }

  @Override
  public Map<String, Integer> largest() {
    return jooq.select(ITEM, max(QUANTITY))
        .from(ORDERS)
        .groupBy(ITEM)
        .fetchMap(ITEM, max(QUANTITY));
  }
  // end docs
}
