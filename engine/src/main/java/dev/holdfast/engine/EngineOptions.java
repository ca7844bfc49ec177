// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.engine.sql.SqlOptions;
import dev.holdfast.engine.state.StateLimits;
import java.time.Duration;

/**
 * The limits and habits of an engine. Immutable; start from {@link #defaults()}. A limit that can
 * be configured has the name of its key in {@code [limits]}, and errors name that key: {@code
 * waitingEvents} is {@code limits.waiting-events}.
 *
 * @param clock time
 * @param state limits on what an object stores and caches
 * @param events limits on events
 * @param memory when activations leave memory
 * @param sql where SQL databases are, and how large
 * @param inlining whether a call from a worker may run on the worker's own thread
 */
public record EngineOptions(
    NodeClock clock,
    StateLimits state,
    EventLimits events,
    MemoryLimits memory,
    SqlOptions sql,
    boolean inlining) {

  /** What a node runs with unless configured otherwise. */
  public static EngineOptions defaults() {
    return new EngineOptions(
        NodeClock.system(),
        StateLimits.DEFAULT,
        EventLimits.DEFAULT,
        MemoryLimits.ofHeap(Runtime.getRuntime().maxMemory()),
        SqlOptions.DEFAULT,
        true);
  }

  public EngineOptions withClock(NodeClock newClock) {
    return new EngineOptions(newClock, state, events, memory, sql, inlining);
  }

  public EngineOptions withState(StateLimits newState) {
    return new EngineOptions(clock, newState, events, memory, sql, inlining);
  }

  public EngineOptions withEvents(EventLimits newEvents) {
    return new EngineOptions(clock, state, newEvents, memory, sql, inlining);
  }

  public EngineOptions withMemory(MemoryLimits newMemory) {
    return new EngineOptions(clock, state, events, newMemory, sql, inlining);
  }

  public EngineOptions withSql(SqlOptions newSql) {
    return new EngineOptions(clock, state, events, memory, newSql, inlining);
  }

  public EngineOptions withInlining(boolean newInlining) {
    return new EngineOptions(clock, state, events, memory, sql, newInlining);
  }

  /**
   * Limits on events.
   *
   * @param waitingEvents how many events may wait for one object
   * @param waitingBytes how many bytes of parameters may wait for one object
   * @param suspendedEvents how many events of one object may have started and wait for something
   *     other than its storage, until calls are refused
   * @param timers how many timers one object may have that are pending or whose action has not
   *     ended
   * @param openCalls how many calls that one object made without waiting may lack their answer
   * @param callTimeout how long a call waits for its answer unless its options say otherwise;
   *     {@code limits.call-ms}
   * @param wallLimit how long an event may hold the baton, or a critical section may last; {@code
   *     limits.wall-ms}
   * @param slowAfter after how long of the same an event is logged with its stack
   * @param streamIdle how long an object that sends a body waits for a reader that takes nothing;
   *     {@code limits.stream-idle-ms}
   */
  public record EventLimits(
      int waitingEvents,
      long waitingBytes,
      int suspendedEvents,
      int timers,
      int openCalls,
      Duration callTimeout,
      Duration wallLimit,
      Duration slowAfter,
      Duration streamIdle) {
    /** 1,000 events, 64 MiB, 10,000 events, 10,000 timers, 10,000 calls, 30 s, 30 s, 1 s, 1 min. */
    public static final EventLimits DEFAULT =
        new EventLimits(
            1_000,
            64L << 20,
            10_000,
            10_000,
            10_000,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1));

    public EventLimits withWaiting(int events, long bytes) {
      return new EventLimits(
          events,
          bytes,
          suspendedEvents,
          timers,
          openCalls,
          callTimeout,
          wallLimit,
          slowAfter,
          streamIdle);
    }

    public EventLimits withSuspendedEvents(int events) {
      return new EventLimits(
          waitingEvents,
          waitingBytes,
          events,
          timers,
          openCalls,
          callTimeout,
          wallLimit,
          slowAfter,
          streamIdle);
    }

    public EventLimits withTimers(int timers) {
      return new EventLimits(
          waitingEvents,
          waitingBytes,
          suspendedEvents,
          timers,
          openCalls,
          callTimeout,
          wallLimit,
          slowAfter,
          streamIdle);
    }

    public EventLimits withOpenCalls(int calls) {
      return new EventLimits(
          waitingEvents,
          waitingBytes,
          suspendedEvents,
          timers,
          calls,
          callTimeout,
          wallLimit,
          slowAfter,
          streamIdle);
    }

    public EventLimits withCallTimeout(Duration timeout) {
      return new EventLimits(
          waitingEvents,
          waitingBytes,
          suspendedEvents,
          timers,
          openCalls,
          timeout,
          wallLimit,
          slowAfter,
          streamIdle);
    }

    public EventLimits withWallLimit(Duration limit) {
      return new EventLimits(
          waitingEvents,
          waitingBytes,
          suspendedEvents,
          timers,
          openCalls,
          callTimeout,
          limit,
          slowAfter,
          streamIdle);
    }
  }

  /**
   * When activations leave memory.
   *
   * @param idleAfter after how long without an event; zero for never
   * @param cacheBytes when all activations together hold more bytes of entries, the longest idle
   *     ones leave at once
   * @param activations likewise when there are more activations
   */
  public record MemoryLimits(Duration idleAfter, long cacheBytes, int activations) {
    /** The heap that one activation takes beside its entries, by measurement rounded up. */
    private static final int ACTIVATION_BYTES = 1 << 10;

    /** Idle for 10 s; a quarter of the heap for entries, half of it for activations. */
    public static MemoryLimits ofHeap(long heapBytes) {
      return new MemoryLimits(
          Duration.ofSeconds(10),
          heapBytes / 4,
          (int) Math.min(Integer.MAX_VALUE, heapBytes / 2 / ACTIVATION_BYTES));
    }

    /** The same limits with idle eviction off. */
    public MemoryLimits withoutEviction() {
      return new MemoryLimits(Duration.ZERO, Long.MAX_VALUE, Integer.MAX_VALUE);
    }
  }
}
