// SPDX-License-Identifier: Apache-2.0
package shop;

import java.time.Instant;
import java.util.List;

/**
 * An order that was placed.
 *
 * @param number 1, 2, 3, … in each shop
 */
public record Order(long number, String customer, Instant placedAt, List<Line> lines) {
  public Order {
    lines = List.copyOf(lines);
  }

  /**
   * So many of an item.
   *
   * @param price in cents, of one, as it was then
   */
  public record Line(String item, int quantity, int price) {}
}
