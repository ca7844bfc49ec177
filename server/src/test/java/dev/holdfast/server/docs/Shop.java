// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import dev.holdfast.SqlException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What callers of a shop see. */
public interface Shop {
  // docs: sql-item
  record Item(long id, String name, long price, Optional<Instant> soldAt) {}

  // end docs

  long add(String name, long price);

  long addDeclared(String name, long price) throws SqlException;

  long find(String name, long price);

  List<Item> cheaperThan(long price);

  boolean sell(long id);

  String report();

  void move(long id, long newId);

  void comment(long item, String text);

  void commentLater(long item, String text);

  long comments();

  void moveOrphaned(long id, long newId);

  void sellAll(long expected);

  String run(String sql);

  long bytes();
}
