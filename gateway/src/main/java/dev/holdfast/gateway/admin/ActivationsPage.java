// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.admin;

import dev.holdfast.engine.Engine;
import io.vertx.core.json.JsonObject;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Which objects are in memory, and what they take.
 *
 * @param engine that runs them now
 */
public record ActivationsPage(Supplier<Engine> engine) implements AdminPage {
  @Override
  public String path() {
    return "/activations";
  }

  @Override
  public String about() {
    return "objects in memory, by namespace, and what they take";
  }

  @Override
  public Answer answer() {
    Engine now = engine.get();
    JsonObject namespaces = new JsonObject();
    new TreeMap<>(now.activationsByNamespace()).forEach(namespaces::put);
    return Answer.of(
        new JsonObject()
            .put("activations", now.activations())
            .put("cachedBytes", now.cachedBytes())
            .put("leftOverThreads", now.leftOverThreads())
            .put("namespaces", namespaces));
  }
}
