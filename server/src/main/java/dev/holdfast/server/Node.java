// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.Env;
import dev.holdfast.Holdfast;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.Worker;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.gateway.Gateway;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.rocksdb.RocksStore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A running node: store, engine and, where there is a worker, gateway. Thread-safe.
 *
 * <p>Parts are kept in the order in which they started and are closed in the opposite one: the
 * gateway answers what it has accepted, then the engine puts the objects to sleep, then the store
 * completes what they wrote.
 */
public final class Node implements Holdfast {
  private final Engine engine;
  private final @Nullable Gateway gateway;
  private final Deque<AutoCloseable> parts;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Node(Engine engine, @Nullable Gateway gateway, Deque<AutoCloseable> parts) {
    this.engine = engine;
    this.gateway = gateway;
    this.parts = parts;
  }

  /**
   * Opens the store, starts the engine and serves the worker, if there is one.
   *
   * @throws dev.holdfast.StorageException if the store cannot be opened
   */
  public static Node start(
      NodeOptions options,
      List<ObjectClass<?>> classes,
      @Nullable Function<Env, ? extends Worker> worker) {
    Deque<AutoCloseable> started = new ArrayDeque<>();
    try {
      ObjectStore store = RocksStore.open(options.data(), options.store());
      started.push(store);
      started.push(HistoryPruning.start(store));
      started.push(CarrierWatch.start());
      SocketTable sockets = new SocketTable(options.engine().clock(), options.sockets());
      Engine engine = Engine.start(options.engine(), store, sockets, classes);
      started.push(engine);
      Gateway gateway = null;
      if (worker != null) {
        gateway = Gateway.start(options.gateway(), worker.apply(engine));
        started.push(gateway);
      }
      return new Node(engine, gateway, started);
    } catch (RuntimeException | Error failure) {
      closeAll(started, failure);
      throw failure;
    }
  }

  @Override
  public <T> ObjectNamespace<T> objects(Class<T> type) {
    return engine.objects(type);
  }

  @Override
  public <T> ObjectNamespace<T> objects(String namespace, Class<T> type) {
    return engine.objects(namespace, type);
  }

  @Override
  public int port() {
    return gateway == null ? -1 : gateway.port();
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    IllegalStateException failure = new IllegalStateException("the node did not stop in order");
    closeAll(parts, failure);
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  /** Closes every part, the last started first, also when one fails; failures are added. */
  private static void closeAll(Deque<AutoCloseable> parts, Throwable failure) {
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }
}
