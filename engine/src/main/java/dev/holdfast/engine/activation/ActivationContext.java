// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Env;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectId;
import dev.holdfast.Timer;
import dev.holdfast.WebSockets;
import dev.holdfast.engine.NodeClock;
import dev.holdfast.engine.gate.CriticalSection;
import dev.holdfast.engine.history.ObjectHistory;
import dev.holdfast.engine.sql.ObjectSql;
import dev.holdfast.engine.state.KeyValueStorage;
import dev.holdfast.engine.state.ObjectState;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What object code sees of its activation: one for each, made when its object is opened, before the
 * constructor runs. SQL and history are made when they are used first, on the object's thread.
 */
final class ActivationContext implements ObjectContext {
  private static final Logger log = LoggerFactory.getLogger(ActivationContext.class);
  private static final int MAX_SECTION_DEPTH = 64;

  private final Activation activation;
  private final KeyValueStorage storage;
  private @Nullable ObjectSql sql;
  private @Nullable ObjectHistory history;

  ActivationContext(Activation activation, ObjectState state) {
    this.activation = activation;
    this.storage =
        new KeyValueStorage(activation, state, activation.table().codec(), this::history);
  }

  @Override
  public ObjectId id() {
    return activation.object().id();
  }

  @Override
  public Optional<String> name() {
    return Optional.ofNullable(ActivationTable.nameToKeep(activation.object()));
  }

  @Override
  public Env env() {
    return activation.table().env();
  }

  @Override
  public KeyValueStorage storage() {
    return storage;
  }

  @Override
  public ObjectSql sql() {
    ObjectSql mine = sql;
    if (mine == null) {
      activation.checkThread();
      ActivationTable table = activation.table();
      mine =
          table
              .sql()
              .open(
                  activation.object(),
                  table.store(),
                  activation,
                  activation.state(),
                  storage,
                  activation::failed);
      sql = mine;
    }
    return mine;
  }

  /** The object's past. */
  ObjectHistory history() {
    ObjectHistory mine = history;
    if (mine == null) {
      ActivationTable table = activation.table();
      mine =
          new ObjectHistory(
              new ObjectHistory.Parts(
                  activation.object(),
                  table.store(),
                  activation,
                  activation.state(),
                  activation.pipeline(),
                  table.clock()::now,
                  table.limits().wallLimit(),
                  table.codec(),
                  this::sql));
      history = mine;
    }
    return mine;
  }

  @Override
  public WebSockets webSockets() {
    return activation.sockets();
  }

  @Override
  public Instant now() {
    activation.checkThread();
    return activation.table().clock().now();
  }

  @Override
  public <T> T blockConcurrencyWhile(Callable<T> body) throws Exception {
    Event event = activation.runningEvent();
    if (activation.gate().depth() >= MAX_SECTION_DEPTH) {
      throw new IllegalStateException(
          "%s: blockConcurrencyWhile is nested %d deep, the limit; does it call itself?"
              .formatted(activation, MAX_SECTION_DEPTH));
    }
    CriticalSection section = activation.openSection(event, activation.table().clock().nanoTime());
    T result;
    try {
      result = body.call();
    } catch (ActivationGone gone) {
      throw gone;
    } catch (Throwable thrown) {
      Ending.abort(
          activation,
          event,
          thrown,
          thrown instanceof Error ? event.resetBy(thrown) : event.translate(thrown));
      throw thrown;
    }
    activation.checkThread();
    activation.closeSection(event, section);
    return result;
  }

  @Override
  public void waitUntil(CompletionStage<?> work) {
    activation.checkThread();
    Objects.requireNonNull(work, "work");
    KeepAwake awake = activation.keepAwake();
    awake.workBegan();
    RoutedFuture.observe(
        work,
        (value, failure) -> {
          awake.workEnded();
          if (failure != null) {
            log.warn("{}: work given to waitUntil failed", activation, failure);
          }
        });
  }

  @Override
  public void sleep(Duration duration) {
    Event event = activation.runningEvent();
    AtomicReference<NodeClock.@Nullable Scheduled> alarm = new AtomicReference<>();
    try {
      activation
          .suspensions()
          .suspend(
              event,
              "ctx.sleep",
              () ->
                  alarm.set(
                      activation
                          .table()
                          .clock()
                          .after(duration, () -> activation.gate().resume(event))));
    } finally {
      // It may be over, and is not to stay in memory until then.
      NodeClock.Scheduled pending = alarm.get();
      if (pending != null) {
        pending.cancel();
      }
    }
  }

  @Override
  public <T> T await(CompletionStage<T> stage) {
    return CurrentEvent.await(activation, stage);
  }

  @Override
  public Timer schedule(Duration delay, Runnable action) {
    activation.checkThread();
    return VolatileTimer.start(activation, delay, Objects.requireNonNull(action, "action"));
  }

  @Override
  public void abort(String reason) {
    Event event = activation.runningEvent();
    Aborted cause = new Aborted(reason);
    throw Ending.abort(activation, event, cause, event.resetBy(cause));
  }
}
