// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.gateway.GatewayOptions;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Where a node keeps its data, and the options of its parts. Immutable.
 *
 * @param data the data directory; created if absent
 * @param store how the embedded store behaves
 * @param engine how objects run
 * @param gateway where and how the worker is served
 */
public record NodeOptions(
    Path data, RocksStoreOptions store, EngineOptions engine, GatewayOptions gateway) {

  public NodeOptions {
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(store, "store");
    Objects.requireNonNull(engine, "engine");
    Objects.requireNonNull(gateway, "gateway");
  }

  /** The defaults of every part, over that data directory. */
  public static NodeOptions over(Path data) {
    return new NodeOptions(
        data, RocksStoreOptions.defaults(), EngineOptions.defaults(), GatewayOptions.defaults());
  }

  /** These options with another data directory. */
  public NodeOptions withData(Path newData) {
    return new NodeOptions(newData, store, engine, gateway);
  }

  /** These options with another store. */
  public NodeOptions withStore(RocksStoreOptions newStore) {
    return new NodeOptions(data, newStore, engine, gateway);
  }

  /** These options with another engine. */
  public NodeOptions withEngine(EngineOptions newEngine) {
    return new NodeOptions(data, store, newEngine, gateway);
  }

  /** These options with another gateway. */
  public NodeOptions withGateway(GatewayOptions newGateway) {
    return new NodeOptions(data, store, engine, newGateway);
  }
}
