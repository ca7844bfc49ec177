// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql.app;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import java.util.Random;

/**
 * One catalogue: products with a number, a name, a price and a description, and an index on names.
 * They are made up of words at random, so that pages become smaller by packing, but not by much.
 */
public final class CatalogueObject extends DurableObject implements Catalogue {
  private static final int DESCRIPTION_WORDS = 60;
  private static final int LETTERS = 26;

  public CatalogueObject(ObjectContext ctx) {
    super(ctx);
    sql()
        .migrate(
            """
            CREATE TABLE product(
              id INTEGER PRIMARY KEY,
              number TEXT NOT NULL,
              name TEXT NOT NULL,
              price INTEGER NOT NULL,
              description TEXT NOT NULL);
            CREATE INDEX product_name ON product(name)
            """);
  }

  @Override
  public long add(int products) {
    Random random = new Random(sql().databaseSize());
    for (int i = 0; i < products; i++) {
      sql()
          .exec(
              "INSERT INTO product(number, name, price, description) VALUES (?, ?, ?, ?)",
              "%016x".formatted(random.nextLong()),
              words(random, 2),
              random.nextInt(100_000),
              words(random, DESCRIPTION_WORDS));
    }
    return sql().databaseSize();
  }

  private static String words(Random random, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        text.append(' ');
      }
      int letters = 3 + random.nextInt(8);
      for (int j = 0; j < letters; j++) {
        text.append((char) ('a' + random.nextInt(LETTERS)));
      }
    }
    return text.toString();
  }

  @Override
  public long descriptionLength(long product) {
    return sql()
        .query("SELECT length(description) FROM product WHERE id=?", product)
        .one(Long.class);
  }

  @Override
  public String bookmark() {
    return storage().history().current().toString();
  }
}
