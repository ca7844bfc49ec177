// SPDX-License-Identifier: Apache-2.0
package shop;

/** There is not enough of an item; the order was not placed. */
public final class OutOfStockException extends RuntimeException {
  public OutOfStockException(String message) {
    super(message);
  }
}
