// SPDX-License-Identifier: Apache-2.0
package shop;

import static org.jooq.Records.mapping;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.multiset;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** The orders that were placed, by jOOQ without generated code. */
final class Orders {
  private static final Table<Record> ORDERS = table(name("orders"));
  private static final Field<Long> NUMBER = field(name("orders", "number"), Long.class);
  private static final Field<String> CUSTOMER = field(name("orders", "customer"), String.class);
  private static final Field<String> PLACED_AT = field(name("orders", "placed_at"), String.class);

  private static final Table<Record> LINES = table(name("order_line"));
  private static final Field<Long> ORDER = field(name("order_line", "number"), Long.class);
  private static final Field<String> ITEM = field(name("order_line", "item"), String.class);
  private static final Field<Integer> QUANTITY =
      field(name("order_line", "quantity"), Integer.class);
  private static final Field<Integer> PRICE = field(name("order_line", "price"), Integer.class);

  static {
    System.setProperty("org.jooq.no-logo", "true"); // not into the log of a server
    System.setProperty("org.jooq.no-tips", "true");
  }

  private final DSLContext sql;

  Orders(DataSource database) {
    sql = DSL.using(database, SQLDialect.SQLITE);
  }

  Order add(String customer, Instant placedAt, List<Order.Line> lines) {
    Long number =
        sql.insertInto(ORDERS)
            .columns(CUSTOMER, PLACED_AT)
            .values(customer, placedAt.toString())
            .returningResult(NUMBER)
            .fetchSingle(NUMBER);
    Objects.requireNonNull(number, "the number that the database gave");
    var insert = sql.insertInto(LINES).columns(ORDER, ITEM, QUANTITY, PRICE);
    for (Order.Line line : lines) {
      insert = insert.values(number, line.item(), line.quantity(), line.price());
    }
    insert.execute();
    return new Order(number, customer, placedAt, lines);
  }

  /** The newest first. */
  List<Order> last(int limit) {
    return sql.select(
            NUMBER,
            CUSTOMER,
            PLACED_AT.convertFrom(Instant::parse),
            multiset(
                    select(ITEM, QUANTITY, PRICE).from(LINES).where(ORDER.eq(NUMBER)).orderBy(ITEM))
                .convertFrom(lines -> lines.map(mapping(Order.Line::new))))
        .from(ORDERS)
        .orderBy(NUMBER.desc())
        .limit(limit)
        .fetch(mapping(Order::new));
  }
}
