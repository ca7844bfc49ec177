// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.Env;
import dev.holdfast.Holdfast;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.Worker;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.gateway.Gateway;
import dev.holdfast.gateway.admin.AdminServer;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A running node: store, engine and, where there is a worker, gateway, and pages for the operator
 * if they are wanted. Thread-safe.
 *
 * <p>It stops in the opposite order of its start: the gateway answers what it has accepted, then
 * the engine puts the objects to sleep, then the store completes what they wrote. But the
 * operator's pages, which start last, close behind the gateway: they tell of a node that stops.
 */
public final class Node implements Holdfast {
  private final Engine engine;
  private final @Nullable Gateway gateway;
  private final @Nullable AdminServer admin;
  private final Parts parts;

  private Node(Engine engine, @Nullable Gateway gateway, @Nullable AdminServer admin, Parts parts) {
    this.engine = engine;
    this.gateway = gateway;
    this.admin = admin;
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
      Ground ground = Ground.open(options, parts);
      Engine engine = parts.add(ground.prepare(classes));
      Worker made = worker == null ? null : worker.apply(engine);
      engine.begin();
      Gateway gateway = made == null ? null : parts.add(Gateway.start(options.gateway(), made));
      AdminServer admin =
          AdminPages.start(options.admin(), ground.sockets(), () -> engine, gateway, parts);
      parts.add(ground.control(() -> engine));
      return new Node(engine, gateway, admin, parts);
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

  /** The port of the operator's pages; -1 if there are none. */
  public int adminPort() {
    return admin == null ? -1 : admin.port();
  }

  @Override
  public void close() {
    parts.close();
  }
}
