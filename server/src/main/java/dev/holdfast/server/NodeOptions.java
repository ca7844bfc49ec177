// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.socket.SocketLimits;
import dev.holdfast.gateway.GatewayOptions;
import dev.holdfast.gateway.admin.AdminOptions;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a node keeps its data, and the options of its parts. Immutable.
 *
 * @param data the data directory; created if absent
 * @param store how the embedded store behaves
 * @param engine how objects run
 * @param sockets how many sockets objects have, and what waits for them
 * @param gateway where and how the worker is served
 * @param admin where the operator's pages are; null for nowhere
 */
public record NodeOptions(
    Path data,
    RocksStoreOptions store,
    EngineOptions engine,
    SocketLimits sockets,
    GatewayOptions gateway,
    @Nullable AdminOptions admin) {

  public NodeOptions {
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(store, "store");
    Objects.requireNonNull(engine, "engine");
    Objects.requireNonNull(sockets, "sockets");
    Objects.requireNonNull(gateway, "gateway");
  }

  /** The defaults of every part, over that data directory. */
  public static NodeOptions over(Path data) {
    return new NodeOptions(
        data,
        RocksStoreOptions.defaults(),
        EngineOptions.defaults(),
        SocketLimits.DEFAULT,
        GatewayOptions.defaults(),
        null);
  }

  /** These options with another data directory. */
  public NodeOptions withData(Path newData) {
    return new NodeOptions(newData, store, engine, sockets, gateway, admin);
  }

  /** These options with another store. */
  public NodeOptions withStore(RocksStoreOptions newStore) {
    return new NodeOptions(data, newStore, engine, sockets, gateway, admin);
  }

  /** These options with another engine. */
  public NodeOptions withEngine(EngineOptions newEngine) {
    return new NodeOptions(data, store, newEngine, sockets, gateway, admin);
  }

  /** These options with other limits on sockets. */
  public NodeOptions withSockets(SocketLimits newSockets) {
    return new NodeOptions(data, store, engine, newSockets, gateway, admin);
  }

  /** These options with another gateway. */
  public NodeOptions withGateway(GatewayOptions newGateway) {
    return new NodeOptions(data, store, engine, sockets, newGateway, admin);
  }

  /** These options with pages for the operator, or without. */
  public NodeOptions withAdmin(@Nullable AdminOptions newAdmin) {
    return new NodeOptions(data, store, engine, sockets, gateway, newAdmin);
  }
}
