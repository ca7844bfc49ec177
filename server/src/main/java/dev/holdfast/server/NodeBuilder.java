// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.DurableObject;
import dev.holdfast.Env;
import dev.holdfast.Holdfast;
import dev.holdfast.ObjectContext;
import dev.holdfast.Worker;
import dev.holdfast.engine.ObjectClass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Collects a node's parts and checks them together, so that every mistake is told at once. Not
 * thread-safe.
 */
final class NodeBuilder implements Holdfast.Builder {
  private static final int DEFAULT_PORT = 8080;

  private final Map<String, ObjectClass<?>> classes = new LinkedHashMap<>();
  private final Map<String, String> renamed = new LinkedHashMap<>();
  private final List<String> mistakes = new ArrayList<>();
  private @Nullable Function<Env, ? extends Worker> worker;
  private @Nullable Path data;
  private int port = DEFAULT_PORT;

  @Override
  public <T> NodeBuilder object(
      String namespace, Class<T> type, Function<ObjectContext, ? extends DurableObject> factory) {
    if (!Names.isName(namespace)) {
      mistakes.add("namespace " + Names.explain(namespace));
    } else if (classes.containsKey(namespace)) {
      mistakes.add(
          "namespace \"%s\" is registered twice; give each object class a namespace of its own"
              .formatted(namespace));
    } else if (!type.isInterface()) {
      mistakes.add(
          "namespace \"%s\": %s is not an interface; register the interface that callers see"
              .formatted(namespace, type.getName()));
    } else {
      classes.put(namespace, new ObjectClass<>(namespace, type, factory));
    }
    return this;
  }

  @Override
  public NodeBuilder renamed(String before, String namespace) {
    if (!Names.isName(before)) {
      mistakes.add("namespace " + Names.explain(before));
    }
    if (renamed.putIfAbsent(namespace, before) != null) {
      mistakes.add(
          "namespace \"%s\" is renamed twice; a namespace takes over the data of one other"
              .formatted(namespace));
    }
    return this;
  }

  @Override
  public NodeBuilder worker(Function<Env, ? extends Worker> factory) {
    if (worker != null) {
      mistakes.add("a worker is registered twice; a node serves one, call worker(…) once");
    }
    worker = factory;
    return this;
  }

  @Override
  public NodeBuilder data(Path directory) {
    data = directory;
    return this;
  }

  @Override
  public NodeBuilder port(int newPort) {
    port = newPort;
    return this;
  }

  @Override
  public Holdfast start() {
    Path directory = checked();
    NodeOptions defaults = NodeOptions.over(directory);
    return Node.start(
        defaults.withGateway(defaults.gateway().withPort(port)),
        classes.values().stream().<ObjectClass<?>>map(this::named).toList(),
        worker);
  }

  private ObjectClass<?> named(ObjectClass<?> registered) {
    String before = renamed.get(registered.namespace());
    return before == null ? registered : registered.renamedFrom(before);
  }

  /** The data directory, once there is nothing to complain of. */
  private Path checked() {
    List<String> all = new ArrayList<>(mistakes);
    if (data == null) {
      all.add("no data directory; say where objects are kept with data(Path.of(\"data\"))");
    }
    if (port < 0 || port > 65_535) {
      all.add("port %d is not in 0 to 65535; use 0 for any free one".formatted(port));
    }
    if (classes.isEmpty() && worker == null && mistakes.isEmpty()) {
      all.add("nothing to run; register an object class or a worker");
    }
    for (String namespace : renamed.keySet()) {
      if (!classes.containsKey(namespace)) {
        all.add(
            "namespace \"%s\" is renamed, but has no class; register one with object(…)"
                .formatted(namespace));
      }
    }
    if (data == null || !all.isEmpty()) {
      throw new IllegalArgumentException("the node cannot start:\n  " + String.join("\n  ", all));
    }
    return data;
  }
}
