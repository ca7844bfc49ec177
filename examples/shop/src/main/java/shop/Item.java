// SPDX-License-Identifier: Apache-2.0
package shop;

/**
 * Something that a shop sells. What there cannot be is refused with an {@link
 * IllegalArgumentException} that says why.
 *
 * @param price in cents, of one
 * @param quantity how many there are, or come
 */
public record Item(String name, int price, int quantity) {
  private static final int LONGEST_NAME = 100;

  public Item {
    checkName("item", name);
    if (price < 0 || quantity < 0) {
      throw new IllegalArgumentException("price and quantity are at least 0");
    }
  }

  static void checkName(String what, String name) {
    if (name.isBlank() || name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          "%s: a name has 1 to %d characters".formatted(what, LONGEST_NAME));
    }
  }
}
