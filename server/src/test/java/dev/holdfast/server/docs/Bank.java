// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import java.util.concurrent.CompletableFuture;

/** The account of a buyer of tickets. */
public interface Bank {
  void charge(int amount);

  CompletableFuture<Boolean> covers(int amount);
}
