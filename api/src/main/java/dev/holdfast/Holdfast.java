// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.function.Function;

/**
 * A running node: objects, their store, and the workers in front of them. Thread-safe.
 *
 * <pre>{@code
 * try (Holdfast holdfast = Holdfast.builder()
 *     .object("Counter", Counter.class, CounterObject::new)
 *     .data(Path.of("data"))
 *     .start()) {
 *   holdfast.objects(Counter.class).getByName("a").increment(1);
 * }
 * }</pre>
 */
public interface Holdfast extends Env, AutoCloseable {

  /**
   * A node to be configured.
   *
   * @throws IllegalStateException if the module {@code holdfast-server} is not on the class path
   */
  static Builder builder() {
    return ServiceLoader.load(Provider.class)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no node implementation found; add dev.holdfast:holdfast-server to the class"
                        + " path"))
        .newBuilder();
  }

  /** The port on which the worker is served; -1 if there is no worker. */
  int port();

  /**
   * Stops the node in order: no new requests, those being served are answered up to the drain
   * limit, objects are put to sleep, the store is closed. Idempotent.
   */
  @Override
  void close();

  /** Collects what a node runs. Not thread-safe. */
  interface Builder {

    /**
     * Registers a namespace.
     *
     * @param namespace its stable name, under which the data lives: 1 to 64 letters, digits, {@code
     *     -} or {@code _}
     * @param type the remote interface: all that callers can reach
     * @param factory makes an activation
     */
    <T> Builder object(
        String namespace, Class<T> type, Function<ObjectContext, ? extends DurableObject> factory);

    /**
     * Says that a registered namespace had another name before: at the start it takes over the data
     * of that one, ids included, unless it has done so already. Where both have objects the start
     * fails, and nothing is changed. It does so when the worker is made; until then its objects
     * cannot be called, which throws {@link ObjectUnavailableException}.
     *
     * @param before the name that it had
     * @param namespace the name that it has
     */
    Builder renamed(String before, String namespace);

    /** Serves the worker that {@code factory} makes. */
    Builder worker(Function<Env, ? extends Worker> factory);

    /** The data directory; created if absent. Required. */
    Builder data(Path directory);

    /** The port to serve on, 0 for any free one. 8080 by default. */
    Builder port(int port);

    /**
     * Opens the store and starts to serve.
     *
     * @throws IllegalArgumentException listing everything that is wrong with the configuration
     * @throws StorageException if the store cannot be opened
     */
    Holdfast start();
  }

  /** Found by {@link ServiceLoader}; implemented by the server module. */
  interface Provider {
    /** A builder of a node. */
    Builder newBuilder();
  }
}
