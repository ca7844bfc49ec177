// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.Env;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.gateway.Gateway;
import dev.holdfast.gateway.admin.AdminServer;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A node whose code can be replaced while it serves: the port stays open and its clients connected,
 * sockets included; requests and messages that come meanwhile wait. Objects start again from their
 * last durable state. Thread-safe.
 *
 * <p>Code is replaced as a whole, since classes that are loaded twice are strangers to each other.
 */
public final class LiveNode implements AutoCloseable {
  /** How long requests to the worker, and then events of objects, may go on with the old code. */
  private static final Duration REQUESTS_LIMIT = Duration.ofMillis(300);

  private static final Duration EVENTS_LIMIT = Duration.ofMillis(300);

  private final Ground ground;
  private final ReplaceableWorker worker = new ReplaceableWorker();
  private final Parts parts;
  private final Gateway gateway;
  private final @Nullable AdminServer admin;

  // Guarded by this.
  private Code code;

  /** Written while guarded by this; the operator's pages only read it. */
  private volatile Engine engine;

  private boolean runs;
  private boolean closed;

  /** What can be replaced. */
  private record Code(List<ObjectClass<?>> classes, Function<Env, ? extends Worker> worker) {}

  private LiveNode(NodeOptions options, Code code, UnaryOperator<Worker> front, Parts parts) {
    this.parts = parts;
    this.ground = Ground.open(options, parts);
    this.code = code;
    this.engine = run(code);
    parts.add(() -> engine.close());
    this.gateway = parts.add(Gateway.start(options.gateway(), front.apply(worker)));
    this.admin = AdminPages.start(options.admin(), ground.sockets(), () -> engine, gateway, parts);
    parts.add(ground.control(() -> engine));
  }

  /**
   * Opens the store, starts the code and serves it.
   *
   * @param front stands before the code and is never replaced
   * @throws dev.holdfast.StorageException if the store cannot be opened
   * @throws RuntimeException if the code cannot be started
   */
  public static LiveNode start(
      NodeOptions options,
      List<ObjectClass<?>> classes,
      Function<Env, ? extends Worker> worker,
      UnaryOperator<Worker> front) {
    Parts parts = new Parts();
    try {
      return new LiveNode(options, new Code(classes, worker), front, parts);
    } catch (RuntimeException | Error failure) {
      parts.closeAfter(failure);
      throw failure;
    }
  }

  /**
   * Puts other code in the place of what runs. What the old code has not ended within a moment is
   * discarded: clients may be told so, and what it still computes reaches nobody.
   *
   * <p>Of code that cannot be started nothing has run but the constructor of its worker, and what
   * that called. It has renamed no namespace.
   *
   * @throws RuntimeException if the new code cannot be started; then the old is started again, see
   *     {@link #runs}
   * @throws IllegalStateException if the node is closed
   */
  public synchronized void replace(
      List<ObjectClass<?>> classes, Function<Env, ? extends Worker> newWorker) {
    Code next = new Code(classes, newWorker);
    if (closed) {
      throw new IllegalStateException("the node is closed");
    }
    boolean _ = worker.stop(REQUESTS_LIMIT);
    engine.close(EVENTS_LIMIT);
    runs = false;
    try {
      engine = run(next);
      code = next;
    } catch (RuntimeException | Error failure) {
      goBack(failure);
      throw failure;
    }
  }

  private void goBack(Throwable why) {
    try {
      engine = run(code);
    } catch (RuntimeException | Error again) {
      why.addSuppressed(again);
      worker.start(
          _ -> Response.text("no code runs here: it could not be started").withStatus(503));
    }
  }

  /** Whether code runs. If not, neither the new code could be started nor the old again. */
  public synchronized boolean runs() {
    return runs;
  }

  /** Starts an engine with that code, and lets requests and messages in. */
  private Engine run(Code next) {
    Engine started = ground.prepare(next.classes);
    try {
      Worker made = next.worker.apply(started);
      started.begin();
      worker.start(made);
      runs = true;
      return started;
    } catch (RuntimeException | Error failure) {
      started.close(EVENTS_LIMIT);
      throw failure;
    }
  }

  /** The port that is listened on. */
  public int port() {
    return gateway.port();
  }

  /** The port of the operator's pages; -1 if there are none. */
  public int adminPort() {
    return admin == null ? -1 : admin.port();
  }

  /** Stops in order. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    parts.close();
  }
}
