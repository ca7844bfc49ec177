// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The events of an activation that wait for something other than its own storage, their baton
 * handed on. Waiting is for the object's thread; the set is guarded by the activation's lock, since
 * whoever ends the activation must wake them all: an event either finds it over before it waits, or
 * is found among those who wait.
 */
final class Suspensions {
  private final Activation activation;
  private @Nullable Set<Event> events;

  /** How many wait; written under the activation's lock. */
  private volatile int count;

  Suspensions(Activation activation) {
    this.activation = activation;
  }

  /**
   * Hands the baton on until what {@code start} sets in motion calls {@code gate().resume(event)}.
   * The turn ends before, and what {@code start} lets out stands behind its commit.
   */
  void suspend(Event event, String what, Runnable start) {
    before(event, what);
    try {
      start.run();
    } catch (Throwable t) {
      remove(event);
      throw t;
    }
    activation.handOn(event);
    event.awaitAdmission();
    after(event);
  }

  /** Hands the baton on while {@code wait} blocks the calling thread. */
  <T> T handOnWhile(Event event, String what, Callable<T> wait) throws Exception {
    before(event, what);
    activation.handOn(event);
    try {
      return wait.call();
    } finally {
      activation.gate().resume(event);
      event.awaitAdmission();
      after(event);
    }
  }

  private void before(Event event, String what) {
    checkMayWait(what);
    activation.seal(event);
    event.aboutToWait();
    add(event);
  }

  /** Throws if the running event may not wait here for {@code what}, which would let others in. */
  void checkMayWait(String what) {
    activation.checkThread();
    if (activation.state().inTransaction()) {
      throw new IllegalStateException(
          "%s: %s inside a transaction would let others in; do it before or after"
              .formatted(activation, what));
    }
    DurableObject instance = activation.instance();
    if (instance != null && Thread.holdsLock(instance)) {
      throw new IllegalStateException(
          "%s: %s from a synchronized method of %s; the platform lets one event in at a time, so remove synchronized"
              .formatted(activation, what, instance.getClass().getName()));
    }
  }

  private void after(Event event) {
    remove(event);
    event.turnStarted(activation.table().clock().nanoTime());
    if (activation.isOver()) {
      throw activation.gone();
    }
  }

  private void add(Event event) {
    synchronized (activation) {
      if (activation.isOver()) {
        throw activation.gone();
      }
      if (events == null) {
        events = new LinkedHashSet<>(4);
      }
      events.add(event);
      count = events.size();
    }
  }

  private void remove(Event event) {
    synchronized (activation) {
      if (events != null) {
        events.remove(event);
        count = events.size();
      }
    }
  }

  /** Whether nobody waits. */
  boolean isEmpty() {
    return count == 0;
  }

  /** How many wait. Any thread. */
  int count() {
    return count;
  }

  /** Those who wait, in the order in which they began to. */
  List<Event> events() {
    synchronized (activation) {
      return events == null ? List.of() : List.copyOf(events);
    }
  }
}
