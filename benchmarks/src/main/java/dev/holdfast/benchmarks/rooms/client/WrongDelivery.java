// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.client;

/** A room did not do what it promises, so that no figure of it says anything. */
final class WrongDelivery extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WrongDelivery(String what) {
    super(what);
  }
}
