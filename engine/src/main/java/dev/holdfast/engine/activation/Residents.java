// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.SleepReason;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.NodeClock;
import dev.holdfast.engine.codec.Codec;
import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.engine.sql.SqlRuntime;
import dev.holdfast.engine.state.CacheBudget;
import dev.holdfast.store.Directory;
import dev.holdfast.store.ObjectStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * All activations of a node, and what they share: store, time, memory, threads. Thread-safe.
 *
 * <p>When the node stops they are put to sleep; those that do not end in time are discarded.
 */
public final class Residents implements AutoCloseable {
  /** How long a node that stops waits for its objects. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  private static final Duration STOP_STEP = Duration.ofMillis(2);

  private final EngineOptions options;
  private final ObjectStore store;
  private final SocketTable sockets;
  private final Codec codec;
  private final ThreadFactory threads =
      Thread.ofVirtual().name("object").inheritInheritableThreadLocals(false).factory();
  private final CacheBudget cache;
  private final SqlRuntime sql;
  private final Sweeper sweeper;
  private final ExclusiveWaits exclusiveWaits = new ExclusiveWaits();
  private final LongAdder leftOverThreads = new LongAdder();
  private final AtomicLong unsettled = new AtomicLong();
  private final List<ActivationTable> tables = new CopyOnWriteArrayList<>();
  private volatile Duration stopLimit = STOP_LIMIT;
  private volatile boolean stopping;
  private volatile boolean stopped;

  /** The residents of a node, none yet. */
  public Residents(EngineOptions options, ObjectStore store, SocketTable sockets, Codec codec) {
    this.options = options;
    this.store = store;
    this.sockets = sockets;
    this.codec = codec;
    this.cache = new CacheBudget(options.memory().cacheBytes());
    this.sql = new SqlRuntime(options.sql(), options.state());
    this.sweeper = new Sweeper(options, this::memoryShort);
  }

  /** Adds a namespace's table. */
  public void add(ActivationTable table) {
    tables.add(table);
  }

  private boolean memoryShort() {
    return cache.exceeded() || activations() > options.memory().activations();
  }

  /** How many activations there are. */
  public long activations() {
    return tables.stream().mapToLong(ActivationTable::size).sum();
  }

  /** How many threads still run code of activations that are over. */
  public long leftOver() {
    return leftOverThreads.sum();
  }

  /** How many critical sections wait for calls that wait elsewhere. */
  public int waitingSections() {
    return exclusiveWaits.size();
  }

  /** How many bytes of entries the activations hold. */
  public long cachedBytes() {
    return cache.usedBytes();
  }

  /** As {@link #close(Duration)}, with 10 s. */
  @Override
  public void close() {
    close(STOP_LIMIT);
  }

  /**
   * Takes no more calls from outside, and puts everything to sleep. Afterwards nothing that objects
   * did is on its way any more: others may open the same objects.
   *
   * @param limit after which activations are discarded. For commits that the store does not tell of
   *     it waits 10 s beyond
   */
  public void close(Duration limit) {
    stopLimit = limit;
    stopping = true;
    Deadline asleep = new Deadline(limit);
    while (activations() > 0 && !asleep.passed()) {
      boolean progress = false;
      for (ActivationTable table : tables) {
        for (Activation activation : table.all()) {
          Handover resting = activation.handover();
          if (resting != null) {
            resting.hurry();
          }
          progress |= SleepEvent.enter(activation, SleepReason.SHUTDOWN);
        }
      }
      if (!progress) {
        LockSupport.parkNanos(STOP_STEP.toNanos());
      }
    }
    stopped = true;
    sweeper.stop();
    // One that ended a moment before may have put the next one in its place meanwhile.
    while (activations() > 0) {
      for (ActivationTable table : tables) {
        table.all().forEach(activation -> Ending.discard(activation, stop()));
      }
    }
    Deadline settled = new Deadline(STOP_LIMIT);
    while (unsettled.get() > 0 && !settled.passed()) {
      LockSupport.parkNanos(STOP_STEP.toNanos());
    }
    sql.close();
  }

  /** A time by the node's clock. */
  private final class Deadline {
    private final long at;

    Deadline(Duration limit) {
      at = clock().nanoTime() + limit.toNanos();
    }

    boolean passed() {
      return clock().nanoTime() - at >= 0;
    }
  }

  /** Why activations end that are left when the node has stopped. */
  Throwable stop() {
    return new LimitPassed("the node stops and waited %s for it".formatted(Seconds.of(stopLimit)));
  }

  /** The secret of a namespace's ids. */
  public byte[] secret(String namespace) {
    return store.namespaceSecret(namespace);
  }

  /** Which objects exist. */
  public Directory directory() {
    return store.directory();
  }

  /** Whether calls from outside are refused. */
  boolean stopping() {
    return stopping;
  }

  /** Whether everything is refused. */
  boolean stopped() {
    return stopped;
  }

  EngineOptions options() {
    return options;
  }

  ObjectStore store() {
    return store;
  }

  NodeClock clock() {
    return options.clock();
  }

  /** The codec of values and calls. */
  public Codec codec() {
    return codec;
  }

  /**
   * Makes the threads of events. They inherit nothing from the thread that starts them: that may be
   * another object's, or a timer's.
   */
  ThreadFactory threads() {
    return threads;
  }

  CacheBudget cache() {
    return cache;
  }

  /** What SQL databases share. */
  public SqlRuntime sql() {
    return sql;
  }

  Sweeper sweeper() {
    return sweeper;
  }

  SocketTable sockets() {
    return sockets;
  }

  ExclusiveWaits exclusiveWaits() {
    return exclusiveWaits;
  }

  LongAdder leftOverThreads() {
    return leftOverThreads;
  }

  /** Counts the activations that are over, but not all that they did is settled. */
  AtomicLong unsettled() {
    return unsettled;
  }
}
