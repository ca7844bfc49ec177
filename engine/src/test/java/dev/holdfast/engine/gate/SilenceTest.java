// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectId;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.Commit;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Retention;
import dev.holdfast.store.memory.Faults.CommitFault;
import dev.holdfast.store.memory.InMemoryStore;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A store is silent about a commit until it tells of it, and not until all that waits has left. */
class SilenceTest {
  private static final long NONE = -1;
  private static final int PATIENCE_SECONDS = 30;

  private final InMemoryStore store = new InMemoryStore(InstantSource.system(), Retention.DEFAULT);
  private final OpenedObject object =
      store.open(new ObjectRef("Some", ObjectId.of(new byte[32], "a")), "a");
  private final OutputGate gate = new OutputGate(store, 0, failure -> {});

  @AfterEach
  void close() {
    store.close();
  }

  private void submit(long seq, long nanos) {
    gate.submit(
        Commit.of(object.opening(), seq, object.generation(), List.of()), nanos, receipt -> {});
  }

  /** Since when the store is silent, as seen when what is released now leaves or is dropped. */
  private CompletableFuture<Long> whenNextLeaves() {
    CompletableFuture<Long> seen = new CompletableFuture<>();
    gate.release(
        new Output() {
          @Override
          public void leave() {
            seen.complete(gate.oldestUntoldNanos(NONE));
          }

          @Override
          public void drop(StorageException failure) {
            seen.complete(gate.oldestUntoldNanos(NONE));
          }
        });
    return seen;
  }

  private static CompletableFuture<Long> inTime(CompletableFuture<Long> seen) {
    return seen.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void confirmedCommit_isToldOf_whileItsOutputsLeave() {
    store.gate().hold();
    submit(1, 100);
    assertThat(gate.oldestUntoldNanos(NONE)).isEqualTo(100);
    CompletableFuture<Long> seen = whenNextLeaves();
    store.gate().release();
    assertThat(inTime(seen).join()).isEqualTo(NONE);
  }

  @Test
  void failedCommit_isToldOf_whileItsOutputsAreDropped() {
    store.gate().hold();
    store.faults().failNextCommit(CommitFault.REFUSED);
    submit(1, 100);
    CompletableFuture<Long> seen = whenNextLeaves();
    store.gate().release();
    assertThat(inTime(seen).join()).isEqualTo(NONE);
  }

  @Test
  void commitBehindAConfirmedOne_isStillSilent() {
    store.gate().hold();
    submit(1, 100);
    CompletableFuture<Long> first = whenNextLeaves();
    submit(2, 200);
    CompletableFuture<Long> second = whenNextLeaves();
    assertThat(gate.oldestUntoldNanos(NONE)).isEqualTo(100);
    store.gate().releaseOne();
    assertThat(inTime(first).join()).isEqualTo(200);
    assertThat(gate.oldestUntoldNanos(NONE)).isEqualTo(200);
    store.gate().release();
    assertThat(inTime(second).join()).isEqualTo(NONE);
  }

  @Test
  void commitThatIsGivenUp_isNotWaitedForAgain() {
    store.gate().hold();
    submit(1, 100);
    submit(2, 200);
    CompletableFuture<Long> seen = whenNextLeaves();
    gate.giveUp(new StorageException("silent", Outcome.UNKNOWN, true, null));
    assertThat(inTime(seen).join()).isEqualTo(NONE);
    assertThat(gate.oldestUntoldNanos(NONE)).isEqualTo(NONE);
  }
}
