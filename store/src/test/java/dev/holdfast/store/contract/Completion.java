// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.CommitListener;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What a listener was told. Thread-safe. */
final class Completion implements CommitListener {
  private static final int MAX_WAIT_SECONDS = 60;

  private final CompletableFuture<Optional<StorageException>> result = new CompletableFuture<>();
  private final AtomicInteger calls = new AtomicInteger();
  private volatile @Nullable Thread thread;

  @Override
  public void completed(@Nullable StorageException failure) {
    thread = Thread.currentThread();
    calls.incrementAndGet();
    result.complete(Optional.ofNullable(failure));
  }

  boolean isDone() {
    return result.isDone();
  }

  int calls() {
    return calls.get();
  }

  @Nullable Thread thread() {
    return thread;
  }

  /** Waits until the listener was told. */
  Optional<StorageException> await() {
    try {
      return result.get(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("a listener was not told within " + MAX_WAIT_SECONDS + " s", e);
    }
  }

  /** Waits until the group is durable. */
  void awaitDurable() {
    Optional<StorageException> failure = await();
    if (failure.isPresent()) {
      throw new AssertionError("the group should be durable", failure.get());
    }
  }

  /** Waits until the group was refused: nothing of it may be found. */
  void awaitNotApplied() {
    assertThat(await()).get().returns(Outcome.NOT_APPLIED, StorageException::outcome);
  }

  /** Waits until the group failed, and nobody knows whether it is there. */
  void awaitUnknown() {
    assertThat(await()).get().returns(Outcome.UNKNOWN, StorageException::outcome);
  }
}
