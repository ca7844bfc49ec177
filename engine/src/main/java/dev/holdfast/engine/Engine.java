// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.Env;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.engine.activation.DeleteInvocation;
import dev.holdfast.engine.activation.Residents;
import dev.holdfast.engine.activation.SocketDelivery;
import dev.holdfast.engine.call.Interventions;
import dev.holdfast.engine.call.NamespaceRuntime;
import dev.holdfast.engine.codec.Codec;
import dev.holdfast.engine.codec.ExceptionCodec;
import dev.holdfast.engine.socket.SocketEvents;
import dev.holdfast.engine.socket.SocketLimits;
import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.store.Directory;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the objects of some namespaces over a store. Thread-safe. The store stays its owner's: close
 * it after the engine.
 */
public final class Engine implements Env, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Engine.class);

  private final Map<String, NamespaceRuntime<?>> namespaces = new LinkedHashMap<>();
  private final Residents residents;

  private final Interventions interventions;

  private final Renamings renamings;

  private final SocketTable sockets;
  private final Map<String, SocketEvents> socketEvents = new HashMap<>();

  private Engine(EngineOptions options, ObjectStore store, SocketTable sockets) {
    this.sockets = sockets;
    this.residents = new Residents(options, store, sockets, new Codec());
    this.renamings = new Renamings(store, sockets);
    this.interventions = new Interventions(namespaces::get, store, options.clock(), this::clearUp);
  }

  /** An object that no activation had was deleted. */
  private void clearUp(ObjectRef object) {
    DeleteInvocation.abandonSockets(sockets, object);
    residents.sql().forget(object.id());
  }

  /** Starts an engine whose objects have no sockets yet. */
  public static Engine start(
      EngineOptions options, ObjectStore store, List<ObjectClass<?>> classes) {
    return start(options, store, new SocketTable(options.clock(), SocketLimits.DEFAULT), classes);
  }

  /**
   * Starts an engine.
   *
   * @param sockets those of clients that are connected already; no other engine may use it
   * @param classes the namespaces and the classes behind them
   * @throws IllegalArgumentException listing everything that is wrong with {@code classes}
   * @throws dev.holdfast.StorageException if a namespace could not be given its new name
   */
  public static Engine start(
      EngineOptions options, ObjectStore store, SocketTable sockets, List<ObjectClass<?>> classes) {
    Engine engine = prepare(options, store, sockets, classes);
    try {
      engine.begin();
      return engine;
    } catch (RuntimeException | Error failure) {
      engine.close();
      throw failure;
    }
  }

  /**
   * As {@link #start(EngineOptions, ObjectStore, SocketTable, List)}, but for what {@link #begin}
   * does: the data is as it was, and nothing runs that nobody has called. Objects of namespaces
   * that are to be renamed cannot be called so far.
   */
  public static Engine prepare(
      EngineOptions options, ObjectStore store, SocketTable sockets, List<ObjectClass<?>> classes) {
    Engine engine = new Engine(options, store, sockets);
    ExceptionCodec exceptions = new ExceptionCodec(engine.residents.codec());
    List<String> problems = new ArrayList<>();
    for (ObjectClass<?> objectClass : classes) {
      try {
        String before = engine.renamings.add(objectClass, classes);
        engine.add(objectClass, before, exceptions);
      } catch (IllegalArgumentException | IllegalStateException e) {
        problems.add("namespace " + objectClass.namespace() + ": " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      engine.close();
      throw new IllegalArgumentException(String.join(System.lineSeparator(), problems));
    }
    List<String> unclaimed = engine.unclaimed();
    if (!unclaimed.isEmpty()) {
      log.warn(
          "no class is registered for these namespaces, which have objects: {}; their data is kept, and calls to them are refused",
          String.join(", ", unclaimed));
    }
    engine.namespaces.forEach(
        (name, runtime) -> engine.socketEvents.put(name, new SocketDelivery(runtime.table())));
    return engine;
  }

  /**
   * Ends the start: namespaces that are renamed get their data and the sockets of their clients,
   * and from then on objects get what sockets bring, and what has waited. Once.
   *
   * @throws dev.holdfast.StorageException if a namespace could not be given its new name
   * @throws IllegalStateException if objects of one are open
   */
  public void begin() {
    renamings.run();
    namespaces.values().forEach(runtime -> runtime.table().admit());
    sockets.attach(socketEvents);
  }

  /** Namespaces that have objects, and no class here. */
  private List<String> unclaimed() {
    Directory directory = residents.directory();
    return directory.namespaces().stream()
        .filter(name -> !namespaces.containsKey(name) && !renamings.takes(name))
        .filter(name -> !directory.byId(name, null, 1).isEmpty())
        .toList();
  }

  /** Adds one that has that name in the store so far; null if it is the same. */
  private <T> void add(
      ObjectClass<T> objectClass, @Nullable String before, ExceptionCodec exceptions) {
    if (namespaces.containsKey(objectClass.namespace())) {
      throw new IllegalArgumentException("it is registered twice; give each class its own name");
    }
    byte[] secret = residents.secret(before == null ? objectClass.namespace() : before);
    NamespaceRuntime<T> runtime =
        new NamespaceRuntime<>(objectClass, secret, residents, this, exceptions);
    if (before != null) {
      runtime.table().refuse(before);
    }
    namespaces.put(objectClass.namespace(), runtime);
  }

  @Override
  public <T> ObjectNamespace<T> objects(Class<T> type) {
    List<NamespaceRuntime<?>> matching =
        namespaces.values().stream().filter(runtime -> runtime.type() == type).toList();
    if (matching.size() != 1) {
      throw new IllegalArgumentException(
          "%d namespaces have the remote interface %s, expected one; there are: %s%s"
              .formatted(matching.size(), type.getName(), describe(), describeUnclaimed()));
    }
    return typed(matching.getFirst(), type);
  }

  @Override
  public <T> ObjectNamespace<T> objects(String namespace, Class<T> type) {
    NamespaceRuntime<?> runtime = namespaces.get(namespace);
    if (runtime == null) {
      if (unclaimed().contains(namespace)) {
        throw new IllegalArgumentException(
            "namespace %s has objects and no class: their data is kept, and calls to them are refused; register the class again, under this name, or one that is renamed from it; there are: %s"
                .formatted(namespace, describe()));
      }
      throw new IllegalArgumentException(
          "there is no namespace %s; there are: %s".formatted(namespace, describe()));
    }
    return typed(runtime, type);
  }

  @SuppressWarnings("unchecked") // the runtime's type is compared first
  private static <T> ObjectNamespace<T> typed(NamespaceRuntime<?> runtime, Class<T> type) {
    if (runtime.type() != type) {
      throw new IllegalArgumentException(
          "namespace %s has the remote interface %s, not %s"
              .formatted(runtime.name(), runtime.type().getName(), type.getName()));
    }
    return (ObjectNamespace<T>) runtime.namespace();
  }

  private String describeUnclaimed() {
    List<String> unclaimed = unclaimed();
    return unclaimed.isEmpty()
        ? ""
        : "; with objects, but no class: " + String.join(", ", unclaimed);
  }

  private String describe() {
    return namespaces.values().stream()
        .map(runtime -> runtime.name() + " (" + runtime.type().getName() + ")")
        .collect(Collectors.joining(", "));
  }

  /** What an operator does to objects, also to those whose class is not registered. */
  public Interventions interventions() {
    return interventions;
  }

  /** How many activations are in memory. */
  public long activations() {
    return residents.activations();
  }

  /** How many activations are in memory, by namespace. */
  public Map<String, Long> activationsByNamespace() {
    return namespaces.values().stream()
        .collect(Collectors.toMap(NamespaceRuntime::name, runtime -> runtime.table().size()));
  }

  /** How many threads still run code of activations that were discarded. */
  public long leftOverThreads() {
    return residents.leftOver();
  }

  /** How many critical sections have calls that had to queue at other objects. */
  public int waitingSections() {
    return residents.waitingSections();
  }

  /** How many bytes of entries the activations hold. */
  public long cachedBytes() {
    return residents.cachedBytes();
  }

  /**
   * How many pages of SQL databases were read from the store, as there was no scratch file to be
   * relied on.
   */
  public long sqlPagesRebuilt() {
    return residents.sql().pagesRebuilt();
  }

  /** As {@link #close(Duration)}, with 10 s. */
  @Override
  public void close() {
    sockets.detach(socketEvents);
    residents.close();
  }

  /**
   * Takes no more calls from outside nor events of sockets, puts all objects to sleep, and waits
   * for it, at most that long by the node's clock. What has not ended by then is discarded, and
   * what it still computes reaches nobody. Afterwards another engine may run the same objects.
   */
  public void close(Duration limit) {
    sockets.detach(socketEvents);
    residents.close(limit);
  }
}
