// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.ObjectNamespace;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.SleepReason;
import dev.holdfast.WebSocket;
import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import dev.holdfast.engine.socket.SocketLimits;
import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.Retention;
import dev.holdfast.store.memory.InMemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * An engine over an in-memory store and a clock moved by hand, with objects whose code is written
 * where the test is. Time stands still unless {@link #clock} is moved.
 */
public final class TestEngine implements AutoCloseable {
  /** Plain objects. */
  public static final String SCRIPTED = "Scripted";

  /** Objects that override {@code beforeSleep}. */
  public static final String SLEEPER = "Sleeper";

  /** Objects of a class that is exclusive as a whole. */
  public static final String LONER = "Loner";

  /** Long after any test should have ended: only a guard against hanging. */
  private static final int PATIENCE_SECONDS = 30;

  public final ManualClock clock = new ManualClock();

  /** What scripts noted, in order. */
  public final List<String> trace = new CopyOnWriteArrayList<>();

  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> constructions = new ConcurrentHashMap<>();
  private final List<CountDownLatch> latches = new CopyOnWriteArrayList<>();
  private EngineOptions options;
  private volatile Consumer<Scripted> constructor = self -> {};
  private volatile BiConsumer<Scripted, SleepReason> beforeSleep = (self, reason) -> {};
  private volatile SocketHandler<WebSocketMessage> onMessage = (self, socket, message) -> {};
  private volatile SocketHandler<WebSocketClose> onClose = (self, socket, close) -> {};
  private final SocketLimits socketLimits;
  private SocketTable sockets;
  private ObjectStore store;
  private volatile Engine engine;

  /** What an object does with an HTTP request. */
  @FunctionalInterface
  public interface Handler {
    Response handle(Scripted self, Request request) throws Exception;
  }

  /** What an object does with what happens on a socket. */
  @FunctionalInterface
  public interface SocketHandler<T> {
    void handle(Scripted self, WebSocket socket, T what) throws Exception;
  }

  /** An engine with those options, but this clock. */
  public TestEngine(EngineOptions options) {
    this(options, SocketLimits.DEFAULT);
  }

  /** The same with limits on sockets. */
  public TestEngine(EngineOptions options, SocketLimits socketLimits) {
    this(options, socketLimits, clock -> new InMemoryStore(clock, Retention.DEFAULT));
  }

  /** The same over a store that runs by this clock. */
  public TestEngine(
      EngineOptions options,
      SocketLimits socketLimits,
      Function<? super ManualClock, ? extends ObjectStore> store) {
    this.options = options.withClock(clock);
    this.socketLimits = socketLimits;
    this.sockets = new SocketTable(clock, socketLimits);
    this.store = store.apply(clock);
    this.engine = start(SCRIPTED, SLEEPER, LONER);
  }

  private Engine start(String... namespaces) {
    return Engine.start(
        options,
        store,
        sockets,
        Stream.of(namespaces).<ObjectClass<?>>map(this::objectClass).toList());
  }

  /** The class of a namespace, whose objects do what scripts say. */
  ObjectClass<ScriptedCalls> objectClass(String namespace) {
    return new ObjectClass<>(
        namespace,
        ScriptedCalls.class,
        ctx ->
            switch (namespace) {
              case SLEEPER -> new Scripted.Sleeper(ctx, this);
              case LONER -> new Scripted.Loner(ctx, this);
              default -> new Scripted(ctx, this);
            });
  }

  public Engine engine() {
    return engine;
  }

  /** The store in memory, which it is unless the test gave another one. */
  public InMemoryStore store() {
    return (InMemoryStore) store;
  }

  // ---------------------------------------------------------------- objects

  public ObjectNamespace<ScriptedCalls> objects() {
    return objects(SCRIPTED);
  }

  public ObjectNamespace<ScriptedCalls> objects(String namespace) {
    return engine.objects(namespace, ScriptedCalls.class);
  }

  /** A stub of a plain object. */
  public ScriptedCalls object(String name) {
    return objects().getByName(name);
  }

  /** Says what {@code run(name)} does. */
  public TestEngine script(String name, Script script) {
    scripts.put(name, script);
    return this;
  }

  Script script(String name) {
    return Objects.requireNonNull(scripts.get(name), () -> "no script " + name);
  }

  /** Says what {@code fetch} of the path {@code /name} does. */
  public TestEngine handler(String name, Handler handler) {
    handlers.put(name, handler);
    return this;
  }

  Handler handler(String name) {
    return Objects.requireNonNull(handlers.get(name), () -> "no handler " + name);
  }

  /** Says what every object does at the end of its constructor. */
  public void onConstruction(Consumer<Scripted> newConstructor) {
    constructor = newConstructor;
  }

  Consumer<Scripted> constructor() {
    return constructor;
  }

  /** Says what objects of {@link #SLEEPER} do before they sleep. */
  public void onSleep(BiConsumer<Scripted, SleepReason> newBeforeSleep) {
    beforeSleep = newBeforeSleep;
  }

  BiConsumer<Scripted, SleepReason> beforeSleep() {
    return beforeSleep;
  }

  /** Says what every object does with a message. */
  public void onMessage(SocketHandler<WebSocketMessage> handler) {
    onMessage = handler;
  }

  SocketHandler<WebSocketMessage> onMessage() {
    return onMessage;
  }

  /** Says what every object does when a socket has ended. */
  public void onClose(SocketHandler<WebSocketClose> handler) {
    onClose = handler;
  }

  SocketHandler<WebSocketClose> onClose() {
    return onClose;
  }

  /** The sockets of the node. */
  public SocketTable sockets() {
    return sockets;
  }

  int constructed(String name) {
    return constructions.computeIfAbsent(name, n -> new AtomicInteger()).incrementAndGet();
  }

  /** How many activations of an object there were, failed constructions included. */
  public int activations(String name) {
    AtomicInteger count = constructions.get(name);
    return count == null ? 0 : count.get();
  }

  // ---------------------------------------------------------------- doing

  /** Does something on a thread of its own, as a worker would. */
  public <T> CompletableFuture<T> worker(Callable<T> body) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("worker")
        .start(
            () -> {
              try {
                done.complete(body.call());
              } catch (Throwable t) {
                done.completeExceptionally(t);
              }
            });
    return done;
  }

  /** Runs a script of a plain object from a worker. */
  public CompletableFuture<String> call(String object, String script) {
    ScriptedCalls stub = object(object);
    return worker(() -> stub.run(script));
  }

  /** A latch that is opened at the latest when the test ends, so that no thread is left behind. */
  public CountDownLatch latch() {
    CountDownLatch latch = new CountDownLatch(1);
    latches.add(latch);
    return latch;
  }

  /** Blocks until the latch opens. */
  public static void pass(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("latch opened").isTrue();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The value that a future will have. */
  public static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no value came: " + future, e);
    } catch (ExecutionException e) {
      throw new AssertionError("it failed", e.getCause());
    }
  }

  /** The value that a future will have, while time passes. */
  public <T> T getAsTimePasses(CompletableFuture<T> future) {
    letTimePassUntilDone(future);
    return get(future);
  }

  /** What a future will fail with, while time passes. */
  public Throwable failureAsTimePasses(CompletableFuture<?> future) {
    letTimePassUntilDone(future);
    return failure(future);
  }

  private void letTimePassUntilDone(CompletableFuture<?> future) {
    until(
        "done as time passes",
        () -> {
          clock.advance(Duration.ofMillis(20));
          return future.isDone();
        });
  }

  /** What a future will fail with. */
  public static Throwable failure(CompletableFuture<?> future) {
    try {
      Object value = future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      throw new AssertionError("expected a failure, got " + value);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no failure came: " + future, e);
    } catch (ExecutionException e) {
      return Objects.requireNonNull(e.getCause());
    }
  }

  /** Waits until the store was handed so many commits in all. */
  public void awaitSubmitted(long commits) {
    try {
      store().gate().awaitSubmitted(commits);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until so many commits are durable in all. */
  public void awaitApplied(long commits) {
    until("durable", () -> store().gate().applied() >= commits);
  }

  /**
   * Waits until everything that entered a plain object so far has left or waits for something: then
   * what it let out stands at the output gate, and time may be moved on without making anyone late.
   */
  public void awaitRun(String object) {
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    script(
        "awaitRun",
        self -> {
          ran.complete(Thread.currentThread());
          return "";
        });
    var _ = object(object).later("awaitRun");
    Thread last = get(ran);
    until("its thread has ended", () -> !last.isAlive());
  }

  /** Waits until a thread of object code waits for something. */
  public static void awaitWaiting(Thread thread) {
    until("it waits", () -> thread.getState() == Thread.State.WAITING);
  }

  /** Waits until something is so. */
  public static void until(String what, Callable<Boolean> condition) {
    await(what)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .until(condition);
  }

  // ---------------------------------------------------------------- living and dying

  /** Lets time pass until every object that nothing keeps awake has left memory. */
  public void letSleep() {
    until(
        "all asleep",
        () -> {
          clock.advance(options.memory().idleAfter().plusSeconds(1));
          return engine.activations() == 0;
        });
  }

  /** Lets time pass until an object has begun to fall asleep, which opens the latch. */
  public void letFallAsleep(CountDownLatch falling) {
    until(
        "it falls asleep",
        () -> {
          clock.advance(Duration.ofSeconds(1));
          return falling.getCount() == 0;
        });
  }

  private CompletableFuture<String> stopping() {
    return worker(
        () -> {
          engine.close();
          return "stopped";
        });
  }

  /** Stops the node in order and starts it again, under the same sockets. */
  public void restart() {
    stopEngine();
    store.close();
    store = new InMemoryStore(clock, Retention.DEFAULT, store().data());
    renew();
  }

  /** Stops the engine, which discards what does not end in time. */
  public void stopEngine() {
    getAsTimePasses(stopping());
  }

  /** What engines run with that are started from now on, but for the clock. */
  public void setOptions(EngineOptions newOptions) {
    options = newOptions.withClock(clock);
  }

  /** Starts another engine over the store and the sockets of the one that has stopped. */
  public void renew() {
    renew(SCRIPTED, SLEEPER, LONER);
  }

  /** The same over another handle of the store. */
  public void renewOver(ObjectStore newStore) {
    store = newStore;
    renew();
  }

  /** The same with those namespaces alone. */
  public void renew(String... namespaces) {
    engine = start(namespaces);
  }

  /** The same with a namespace that has got another name. */
  public void renewRenamed(String from, String to) {
    engine = Engine.start(options, store, sockets, List.of(objectClass(to).renamedFrom(from)));
  }

  /** Starts a node over the same data while the old one goes on, as if it had been cut off. */
  public Deposed takeOver() {
    Deposed deposed = new Deposed(engine, store());
    sockets = new SocketTable(clock, socketLimits);
    store = new InMemoryStore(clock, Retention.DEFAULT, store().data());
    engine = start(SCRIPTED, SLEEPER, LONER);
    return deposed;
  }

  /** A node whose data another has taken. */
  public record Deposed(Engine engine, InMemoryStore store) implements AutoCloseable {
    @Override
    public void close() {
      engine.close();
      store.close();
    }
  }

  /** Ends everything, and checks that nothing is left behind. */
  @Override
  public void close() {
    latches.forEach(CountDownLatch::countDown);
    if (store instanceof InMemoryStore inMemory) {
      inMemory.gate().release();
    }
    CompletableFuture<String> stopped = stopping();
    until(
        "stopped, or what does not end discarded",
        () -> {
          clock.advance(Duration.ofMillis(100));
          return stopped.isDone();
        });
    get(stopped);
    store.close();
    until("threads of discarded activations end", () -> engine.leftOverThreads() == 0);
    assertThat(engine.activations()).as("activations left behind").isZero();
    until("memory is given back", () -> engine.cachedBytes() == 0);
    assertThat(engine.waitingSections()).as("sections that wait").isZero();
  }
}
