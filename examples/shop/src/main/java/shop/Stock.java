// SPDX-License-Identifier: Apache-2.0
package shop;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** What is in stock, and what was sold: an SQL object of JDBI. */
@RegisterConstructorMapper(Item.class)
@RegisterConstructorMapper(Sales.class)
public interface Stock {

  @SqlQuery("SELECT name, price, quantity FROM item ORDER BY name")
  List<Item> all();

  @SqlQuery(
      """
      INSERT INTO item (name, price, quantity) VALUES (:name, :price, :quantity)
      ON CONFLICT (name) DO UPDATE
        SET price = excluded.price, quantity = item.quantity + excluded.quantity
      RETURNING name, price, quantity
      """)
  Item add(@BindMethods Item delivery);

  /** Takes so many out and answers the price of one; empty if there are not so many. */
  @SqlQuery(
      """
      UPDATE item SET quantity = quantity - :quantity
      WHERE name = :name AND quantity >= :quantity
      RETURNING price
      """)
  Optional<Integer> take(String name, int quantity);

  @SqlQuery(
      """
      SELECT item, sum(quantity) AS quantity, sum(quantity * price) AS revenue
      FROM order_line GROUP BY item ORDER BY revenue DESC, item
      """)
  List<Sales> sales();
}
