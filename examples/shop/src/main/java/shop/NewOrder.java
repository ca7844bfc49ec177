// SPDX-License-Identifier: Apache-2.0
package shop;

import java.util.List;

/**
 * An order that a customer wants to place. What makes no sense is refused with an {@link
 * IllegalArgumentException} that says why.
 */
public record NewOrder(String customer, List<Line> lines) {
  private static final int MOST_LINES = 100;

  public NewOrder {
    lines = List.copyOf(lines);
    Item.checkName("customer", customer);
    if (lines.isEmpty() || lines.size() > MOST_LINES) {
      throw new IllegalArgumentException("an order has 1 to %d lines".formatted(MOST_LINES));
    }
    if (lines.stream().map(Line::item).distinct().count() < lines.size()) {
      throw new IllegalArgumentException("an order has one line for an item");
    }
  }

  /** So many of an item. */
  public record Line(String item, int quantity) {
    public Line {
      if (quantity < 1) {
        throw new IllegalArgumentException("%s: a quantity is at least 1".formatted(item));
      }
    }
  }
}
