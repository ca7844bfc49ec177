// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.Env;
import dev.holdfast.Holdfast;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.Worker;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.gateway.Gateway;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A running node: store, engine and, where there is a worker, gateway. Thread-safe.
 *
 * <p>It stops in the opposite order of its start: the gateway answers what it has accepted, then
 * the engine puts the objects to sleep, then the store completes what they wrote.
 */
public final class Node implements Holdfast {
  private final Engine engine;
  private final @Nullable Gateway gateway;
  private final Parts parts;

  private Node(Engine engine, @Nullable Gateway gateway, Parts parts) {
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
    Parts parts = new Parts();
    try {
      Engine engine = parts.add(Ground.open(options, parts).start(classes));
      Gateway gateway =
          worker == null ? null : parts.add(Gateway.start(options.gateway(), worker.apply(engine)));
      return new Node(engine, gateway, parts);
    } catch (RuntimeException | Error failure) {
      parts.closeAfter(failure);
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
    parts.close();
  }
}
