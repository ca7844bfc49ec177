// SPDX-License-Identifier: Apache-2.0
package shop;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;

/**
 * One shop. Its database is its own and takes part in its turns; that it is a {@link DataSource} is
 * all that the libraries need.
 *
 * <p>One customer is served at a time, so nothing can be sold twice, and nothing here is locked.
 */
public final class ShopObject extends DurableObject implements Shop {
  private static final int ORDERS_AT_ONCE = 100;

  private final Stock stock;
  private final Orders orders;

  /**
   * Runs when somebody comes to a shop that sleeps. Flyway does nothing if the tables are there.
   */
  public ShopObject(ObjectContext ctx) {
    super(ctx);
    DataSource database = sql().dataSource();
    Flyway.configure().loggers("slf4j").dataSource(database).load().migrate();
    stock = Jdbi.create(database).installPlugin(new SqlObjectPlugin()).onDemand(Stock.class);
    orders = new Orders(database);
  }

  @Override
  public Item restock(Item delivery) {
    return stock.add(delivery);
  }

  @Override
  public List<Item> stock() {
    return stock.all();
  }

  /**
   * What was written before an exception would stay written: the transaction is there to undo what
   * was taken out of stock for an order that cannot be served. It covers both libraries.
   */
  @Override
  public Order place(NewOrder order) {
    return storage()
        .transaction(
            () -> {
              List<Order.Line> lines = new ArrayList<>();
              for (NewOrder.Line line : order.lines()) {
                int price =
                    stock.take(line.item(), line.quantity()).orElseThrow(() -> outOfStock(line));
                lines.add(new Order.Line(line.item(), line.quantity(), price));
              }
              return orders.add(order.customer(), ctx().now(), lines);
            });
  }

  private static OutOfStockException outOfStock(NewOrder.Line line) {
    return new OutOfStockException(
        "%s: there are not %d in stock".formatted(line.item(), line.quantity()));
  }

  @Override
  public List<Order> orders() {
    return orders.last(ORDERS_AT_ONCE);
  }

  @Override
  public List<Sales> sales() {
    return stock.sales();
  }
}
