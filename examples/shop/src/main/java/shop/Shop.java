// SPDX-License-Identifier: Apache-2.0
package shop;

import java.util.List;

/** A shop: what its callers see. */
public interface Shop {

  /**
   * Puts more of an item in stock, which has that price from now on.
   *
   * @return what is in stock then
   */
  Item restock(Item delivery);

  /** What the shop sells, by name. */
  List<Item> stock();

  /**
   * Places an order: all of it or, if anything is missing, nothing.
   *
   * @throws OutOfStockException if there is not enough of an item
   */
  Order place(NewOrder order) throws OutOfStockException;

  /** The last 100 orders, the newest first. */
  List<Order> orders();

  /** What was sold, the item with the largest revenue first. */
  List<Sales> sales();
}
