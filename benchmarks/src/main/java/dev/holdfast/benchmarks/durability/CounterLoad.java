// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.durability;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** Clients that increment a few counters, each waiting for its answer, until they are stopped. */
final class CounterLoad implements AutoCloseable {
  private static final int COUNTERS = 16;
  private static final long PAUSE_MILLIS = 5;

  private final AtomicBoolean stopped = new AtomicBoolean();
  private final CompletableFuture<Void> ended;

  CounterLoad(CounterServer server, Confirmations confirmations, int connections) {
    List<CompletableFuture<Void>> clients = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      String counter = "c" + i % COUNTERS;
      clients.add(
          CompletableFuture.runAsync(
              () -> {
                while (!stopped.get()) {
                  increment(server, confirmations, counter);
                }
              },
              Thread::startVirtualThread));
    }
    ended = CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new));
  }

  private void increment(CounterServer server, Confirmations confirmations, String counter) {
    try {
      if (server.increment(counter)) {
        confirmations.confirmed(counter);
      } else {
        confirmations.unanswered(counter);
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      confirmations.unanswered(counter);
      stopped.set(true);
    }
  }

  /** Waits for something to happen under load, while the server lives. */
  static boolean await(CounterServer server, long seconds, BooleanSupplier happened)
      throws InterruptedException {
    long deadline = System.nanoTime() + seconds * 1_000_000_000L;
    while (!happened.getAsBoolean()) {
      if (!server.alive() || System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    return true;
  }

  /** Stops the clients, each after the answer it waits for. */
  @Override
  public void close() {
    stopped.set(true);
    ended.join();
  }
}
