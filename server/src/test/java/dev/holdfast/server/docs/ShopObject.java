// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import dev.holdfast.SqlException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The object of docs/sql.md. */
public final class ShopObject extends DurableObject implements Shop {

  // docs: sql-shop
  public ShopObject(ObjectContext ctx) {
    super(ctx);
    sql()
        .migrate(
            """
            CREATE TABLE item (
              id    INTEGER PRIMARY KEY,
              name  TEXT NOT NULL UNIQUE,
              price INTEGER NOT NULL CHECK (price >= 0)
            );
            CREATE TABLE comment (item INTEGER NOT NULL REFERENCES item (id), text TEXT)
            """,
            "ALTER TABLE item ADD COLUMN sold_at TEXT");
  }

  @Override
  public long add(String name, long price) {
    return sql()
        .query("INSERT INTO item (name, price) VALUES (?, ?) RETURNING id", name, price)
        .one(Long.class);
  }

  @Override
  public List<Item> cheaperThan(long price) {
    return sql().query("SELECT * FROM item WHERE price < ? ORDER BY price", price).list(Item.class);
  }

  @Override
  public boolean sell(long id) {
    return sql()
            .exec("UPDATE item SET sold_at = ? WHERE id = ? AND sold_at IS NULL", ctx().now(), id)
        == 1;
  }

  // end docs

  @Override
  public long addDeclared(String name, long price) {
    return add(name, price);
  }

  @Override
  public String report() {
    // docs: sql-rows
    long items = sql().query("SELECT count(*) FROM item").one(Long.class);
    Optional<String> dearest =
        sql().query("SELECT name FROM item ORDER BY price DESC").first(String.class);
    List<String> plan =
        sql().query("EXPLAIN QUERY PLAN SELECT * FROM item WHERE name = 'tea'").maps().stream()
            .map(row -> String.valueOf(row.get("detail")))
            .toList();
    long revenue;
    try (Stream<Item> all = sql().query("SELECT * FROM item").stream(Item.class)) {
      revenue = all.filter(item -> item.soldAt().isPresent()).mapToLong(Item::price).sum();
    }
    // end docs
    return items + " " + dearest + " " + revenue + " " + plan;
  }

  // docs: sql-error
  @Override
  public long find(String name, long price) {
    try {
      return add(name, price);
    } catch (SqlException e) {
      if (!e.code().equals("SQLITE_CONSTRAINT_UNIQUE")) {
        throw e;
      }
      return sql().query("SELECT id FROM item WHERE name = ?", name).one(Long.class);
    }
  }

  // end docs

  // docs: sql-transaction
  @Override
  public void sellAll(long expected) {
    storage()
        .transaction(
            () -> {
              storage().put("sold out", ctx().now());
              long sold =
                  sql().exec("UPDATE item SET sold_at = ? WHERE sold_at IS NULL", ctx().now());
              if (sold != expected) {
                throw new IllegalStateException("there were " + sold);
              }
            });
  }

  // end docs

  @Override
  public void comment(long item, String text) {
    sql().exec("INSERT INTO comment VALUES (?, ?)", item, text);
  }

  @Override
  public void commentLater(long item, String text) {
    sql().exec("PRAGMA defer_foreign_keys = ON");
    comment(item, text);
  }

  @Override
  public long comments() {
    return sql().query("SELECT count(*) FROM comment").one(Long.class);
  }

  // docs: sql-foreign-keys
  @Override
  public void move(long id, long newId) {
    sql().exec("PRAGMA defer_foreign_keys = ON"); // until the end of this turn
    sql().exec("UPDATE item SET id = ? WHERE id = ?", newId, id);
    sql().exec("UPDATE comment SET item = ? WHERE item = ?", newId, id);
  }

  // end docs

  @Override
  public void moveOrphaned(long id, long newId) {
    storage()
        .transaction(
            () -> {
              sql().exec("PRAGMA defer_foreign_keys = ON");
              sql().exec("UPDATE item SET id = ? WHERE id = ?", newId, id);
              if (!sql().query("PRAGMA foreign_key_check").maps().isEmpty()) {
                throw new IllegalArgumentException("item " + id + " has comments");
              }
            });
  }

  @Override
  public String run(String text) {
    return sql().query(text).maps().toString();
  }

  @Override
  public long bytes() {
    return sql().databaseSize();
  }
}
