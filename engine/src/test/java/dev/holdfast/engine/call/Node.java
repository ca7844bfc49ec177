// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.Env;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.ManualClock;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.store.Retention;
import dev.holdfast.store.memory.InMemoryStore;
import java.util.List;

/** A node with object classes of the test's own, over a store in memory. */
final class Node implements AutoCloseable {
  final ManualClock clock = new ManualClock();
  private final EngineOptions options;
  private final List<ObjectClass<?>> classes;
  private final InMemoryStore store = new InMemoryStore(clock, Retention.DEFAULT);
  private Engine engine;

  Node(ObjectClass<?>... classes) {
    this(EngineOptions.defaults(), classes);
  }

  /** A node with those options, but this clock. */
  Node(EngineOptions options, ObjectClass<?>... classes) {
    this.options = options.withClock(clock);
    this.classes = List.of(classes);
    this.engine = start();
  }

  private Engine start() {
    return Engine.start(options, store, classes);
  }

  Env env() {
    return engine;
  }

  InMemoryStore store() {
    return store;
  }

  <T> ObjectNamespace<T> objects(Class<T> type) {
    return engine.objects(type);
  }

  <T> T object(Class<T> type, String name) {
    return objects(type).getByName(name);
  }

  /** Puts all objects to sleep: what they keep in fields is lost. */
  void restart() {
    engine.close();
    engine = start();
  }

  @Override
  public void close() {
    engine.close();
    store.close();
  }
}
