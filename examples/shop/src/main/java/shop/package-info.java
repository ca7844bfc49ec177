/**
 * Shops with stock and orders, each a durable object with an SQL database of its own: Flyway makes
 * its tables, JDBI keeps the stock, jOOQ the orders.
 */
@NullMarked
package shop;

import org.jspecify.annotations.NullMarked;
