// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import dev.holdfast.Env;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectUnavailableException;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.NodeClock;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.engine.codec.Codec;
import dev.holdfast.engine.gate.EntryGate;
import dev.holdfast.engine.history.HistoryChange;
import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.engine.sql.SqlRuntime;
import dev.holdfast.engine.state.CacheBudget;
import dev.holdfast.engine.state.StateLimits;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The activations of one namespace on this node, at most one for an object. Brings events to them,
 * making an activation where there is none. Thread-safe.
 */
public final class ActivationTable {
  /**
   * Names beyond this many bytes in UTF-8 are not kept: the object works, but has no name inside.
   */
  private static final int MAX_KEPT_NAME_BYTES = 1_024;

  private final ObjectClass<?> objectClass;
  private final ClassLoader loader;
  private final Residents residents;
  private final Env env;
  private final ConcurrentHashMap<ObjectId, Activation> activations = new ConcurrentHashMap<>();
  private final ConstructionBackoff backoff;

  /** Those of the class that was seen last: nearly always there is only one. */
  private volatile @Nullable ObjectTraits lastTraits;

  /** The namespace whose objects these are to be, while they cannot be called; else null. */
  private volatile @Nullable String awaited;

  /**
   * The table of {@code objectClass}'s objects.
   *
   * @param residents what all tables of the node share
   * @param env what the objects may call
   */
  public ActivationTable(ObjectClass<?> objectClass, Residents residents, Env env) {
    this.objectClass = objectClass;
    this.loader = objectClass.type().getClassLoader();
    this.residents = residents;
    this.env = env;
    this.backoff = new ConstructionBackoff(residents.clock());
  }

  /**
   * Brings an event to an object.
   *
   * @param inline whether it may run on the calling thread if nothing is before it
   */
  void bring(ObjectId id, Event event, boolean inline) {
    while (true) {
      Activation activation = activations.get(id);
      if (activation == null) {
        if (residents.stopped() || (residents.stopping() && event.chain() == null)) {
          event.answer(null, stopping(ref(id)));
          return;
        }
        String before = awaited;
        if (before != null) {
          event.answer(null, starting(ref(id).toString(), before));
          return;
        }
        activation =
            activations.computeIfAbsent(id, key -> new Activation(this, ref(key), new EntryGate()));
        if (residents.stopped()) {
          // Whoever stopped the node may not have seen it.
          Ending.discard(activation, residents.stop());
        }
      }
      if (Arrival.accept(activation, event, inline)) {
        return;
      }
    }
  }

  /** Why a call that comes while the node stops does not enter. */
  static ObjectUnavailableException stopping(ObjectRef object) {
    return new ObjectUnavailableException(
        object + ": the node is stopping; call again when it is back", null);
  }

  private static ObjectUnavailableException starting(String what, String before) {
    return new ObjectUnavailableException(
        "%s: the node is starting, and what is in namespace %s gets this name last, when nothing can fail any more; call when requests come, not while the worker is made"
            .formatted(what, before),
        null);
  }

  /** Refuses calls until {@link #admit}: the objects are in a namespace of another name so far. */
  public void refuse(String before) {
    awaited = before;
  }

  /** Lets calls in. */
  public void admit() {
    awaited = null;
  }

  /** Throws if the objects cannot be called so far. */
  public void checkAdmitted() {
    String before = awaited;
    if (before != null) {
      throw starting("namespace " + namespace(), before);
    }
  }

  /** Puts the next activation of an object in the place of one that is over. */
  void replace(Activation over, Activation successor) {
    activations.replace(over.object().id(), over, successor);
  }

  /** Removes an activation that is over and has no successor. */
  void remove(Activation over) {
    activations.remove(over.object().id(), over);
  }

  /** Whether the node has stopped: nothing enters any more. */
  boolean stopped() {
    return residents.stopped();
  }

  private ObjectRef ref(ObjectId id) {
    return new ObjectRef(objectClass.namespace(), id);
  }

  /** The reference of an object that turned out to have that name. */
  ObjectRef named(ObjectRef object, String name) {
    return ref(ObjectId.of(object.id().bytes(), name));
  }

  /** The name to keep with the object's first commit; null if it has none or a too long one. */
  public static @Nullable String nameToKeep(ObjectRef object) {
    String name = object.id().name().orElse(null);
    return name == null
            || (name.length() * 3 > MAX_KEPT_NAME_BYTES
                && name.getBytes(StandardCharsets.UTF_8).length > MAX_KEPT_NAME_BYTES)
        ? null
        : name;
  }

  /** What can be done to the history of an object, within the gate of its activation. */
  HistoryChange historyChange(ObjectRef object) {
    return new HistoryChange(store(), object, clock()::now);
  }

  DurableObject instantiate(ObjectContext context) {
    DurableObject instance = objectClass.factory().apply(context);
    if (instance == null) {
      throw new IllegalStateException(
          "the factory of namespace " + objectClass.namespace() + " returned null");
    }
    if (!objectClass.type().isInstance(instance)) {
      throw new IllegalStateException(
          "%s of namespace %s does not implement its remote interface %s; let it, or register another interface"
              .formatted(
                  instance.getClass().getName(),
                  objectClass.namespace(),
                  objectClass.type().getName()));
    }
    return instance;
  }

  /** What is known about the class of an instance. */
  public ObjectTraits traits(DurableObject instance) {
    ObjectTraits known = lastTraits;
    if (known == null || known.type() != instance.getClass()) {
      known = new ObjectTraits(instance.getClass());
      lastTraits = known;
    }
    return known;
  }

  /** All activations. */
  Collection<Activation> all() {
    return activations.values();
  }

  /** How many activations there are. */
  public long size() {
    return activations.mappingCount();
  }

  /**
   * Starts the thread of an event. Its context class loader is that of the remote interface, so
   * that libraries which look for classes by way of it find the app's. An event that runs on its
   * caller's thread finds what the caller has: a worker's is the app's too.
   */
  void startThread(Runnable body) {
    Thread thread = residents.threads().newThread(body);
    thread.setContextClassLoader(loader);
    thread.start();
  }

  /** The namespace's name. */
  public String namespace() {
    return objectClass.namespace();
  }

  Env env() {
    return env;
  }

  ConstructionBackoff backoff() {
    return backoff;
  }

  ObjectStore store() {
    return residents.store();
  }

  /** The node's clock. */
  public NodeClock clock() {
    return residents.clock();
  }

  /** Limits on events. */
  public EngineOptions.EventLimits limits() {
    return residents.options().events();
  }

  /** Whether calls from workers may run on the worker's thread. */
  boolean inlining() {
    return residents.options().inlining();
  }

  StateLimits stateLimits() {
    return residents.options().state();
  }

  Codec codec() {
    return residents.codec();
  }

  SqlRuntime sql() {
    return residents.sql();
  }

  CacheBudget cache() {
    return residents.cache();
  }

  Sweeper sweeper() {
    return residents.sweeper();
  }

  SocketTable sockets() {
    return residents.sockets();
  }

  ExclusiveWaits exclusiveWaits() {
    return residents.exclusiveWaits();
  }

  /** How many threads still run code of activations that are over. */
  LongAdder leftOverThreads() {
    return residents.leftOverThreads();
  }

  /** How many activations are over, but not all that they did is settled. */
  AtomicLong unsettled() {
    return residents.unsettled();
  }
}
