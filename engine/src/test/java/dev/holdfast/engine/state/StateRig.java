// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.History;
import dev.holdfast.ObjectId;
import dev.holdfast.Storage;
import dev.holdfast.StorageException;
import dev.holdfast.engine.codec.Codec;
import dev.holdfast.engine.gate.Output;
import dev.holdfast.engine.gate.OutputGate;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Retention;
import dev.holdfast.store.memory.InMemoryData;
import dev.holdfast.store.memory.InMemoryStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The storage of one object over an in-memory store: a test is its code, and says where turns end.
 */
final class StateRig implements Turns, AutoCloseable {
  private static final ObjectRef OBJECT = new ObjectRef("Rig", ObjectId.of(new byte[32], "a"));
  private static final int PATIENCE_SECONDS = 60;

  final CacheBudget budget = new CacheBudget(Long.MAX_VALUE);
  private final StateLimits limits;
  private final Codec codec = new Codec();
  private final List<InMemoryStore> deposed = new ArrayList<>();
  private InMemoryStore store;
  private OpenedObject opened;
  private ObjectState state;
  private KeyValueStorage storage;
  private OutputGate gate;
  private long seq;
  private long turn;

  /** The store failed a read. */
  static final class ReadFailed extends Error {
    private static final long serialVersionUID = 1L;

    ReadFailed(StorageException cause) {
      super(cause);
    }
  }

  /** An object with default limits. */
  StateRig() {
    this(StateLimits.DEFAULT);
  }

  StateRig(StateLimits limits) {
    this.limits = limits;
    open(new InMemoryStore(InstantSource.system(), Retention.DEFAULT, new InMemoryData()));
  }

  private void open(InMemoryStore newStore) {
    store = newStore;
    opened = store.open(OBJECT, "a");
    state = new ObjectState(opened, store, limits, budget, this);
    storage = new KeyValueStorage(this, state, codec, StateRig::noHistory);
    seq = opened.seq();
    gate =
        new OutputGate(
            store,
            seq,
            failure -> {
              // Those who wait for the commit are told, and they tell the test.
            });
  }

  @Override
  public Error failed(StorageException failure) {
    return new ReadFailed(failure);
  }

  Storage storage() {
    return storage;
  }

  ObjectState state() {
    return state;
  }

  InMemoryStore store() {
    return store;
  }

  /** The seq of the last commit, durable or not. */
  long seq() {
    return seq;
  }

  /** The seq of the last commit that is known to be durable. */
  long durableSeq() {
    return gate.durableSeq();
  }

  /** Ends the turn and hands its commit, if there is one, to the store. */
  void endTurn() {
    commit();
    turn++;
  }

  private void commit() {
    SealedTurn sealed = state.seal(seq + 1);
    if (sealed.writes()) {
      seq++;
      gate.submit(
          new Commit(
              opened.opening(),
              seq,
              opened.generation(),
              sealed.clear(),
              sealed.changes(),
              null,
              List.of()),
          0,
          receipt -> {});
      state.durable(gate.durableSeq());
    }
    sealed.outputs().forEach(gate::release);
  }

  /** Waits until that commit is known to be durable. */
  void awaitDurableSeq(long durable) {
    await("commit " + durable)
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> gate.durableSeq() >= durable);
  }

  /** Waits until everything committed so far is durable. */
  void awaitDurable() {
    CountDownLatch latch = new CountDownLatch(1);
    List<StorageException> failures = new ArrayList<>();
    gate.release(
        new Output() {
          @Override
          public void leave() {
            latch.countDown();
          }

          @Override
          public void drop(StorageException failure) {
            failures.add(failure);
            latch.countDown();
          }
        });
    try {
      assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("durable").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
    assertThat(failures).isEmpty();
  }

  /** Ends the turn, lets everything become durable, and goes on with another activation. */
  void reactivate() {
    endTurn();
    store.gate().release();
    awaitDurable();
    state.release(true);
    store.release(opened.opening());
    open(store);
  }

  /** Goes on from what is on disk, as after the death of the process. */
  void crash() {
    state.release(true);
    deposed.add(store);
    open(new InMemoryStore(InstantSource.system(), Retention.DEFAULT, store.data()));
  }

  /** The commits that were applied since the store was opened, first one first. */
  List<Commit> commits() {
    awaitDurable();
    return store.gate().committed().stream()
        .map(CommitGroup::commits)
        .flatMap(List::stream)
        .toList();
  }

  /** The last commit as text: {@code clear}, {@code key=hex of the value}, {@code -key}. */
  String lastCommit() {
    Commit commit = commits().getLast();
    List<String> parts = new ArrayList<>();
    if (commit.clear()) {
      parts.add("clear");
    }
    commit
        .changes()
        .forEach(
            change ->
                parts.add(
                    change.value() == null
                        ? "-" + change.key()
                        : change.key() + "=" + HexFormat.of().formatHex(change.value())));
    return String.join(" ", parts);
  }

  @Override
  public void checkThread() {
    // Who may use the storage is the activation's concern.
  }

  @Override
  public long turn() {
    return turn;
  }

  @Override
  public long nextSeq() {
    return seq + 1;
  }

  private static History noHistory() {
    throw new UnsupportedOperationException("no activation, no history");
  }

  @Override
  public void awaitCommits() {
    awaitDurable();
  }

  @Override
  public void sync() {
    commit();
    awaitDurable();
  }

  /** Ends everything, and checks that the memory was given back. */
  @Override
  public void close() {
    store.gate().release();
    state.release(true);
    assertThat(budget.usedBytes()).as("cached bytes left behind").isZero();
    deposed.forEach(
        old -> {
          old.gate().release();
          old.close();
        });
    store.close();
  }
}
