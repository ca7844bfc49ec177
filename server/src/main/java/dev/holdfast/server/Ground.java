// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.engine.sql.SqlOptions;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.rocksdb.RocksStore;
import java.util.List;

/**
 * What the code of a node stands on: the store, the sockets of its clients, and what looks after
 * them. One engine at a time runs on it.
 */
final class Ground {
  private final EngineOptions options;
  private final ObjectStore store;
  private final SocketTable sockets;

  private Ground(EngineOptions options, ObjectStore store, SocketTable sockets) {
    this.options = options;
    this.store = store;
    this.sockets = sockets;
  }

  /**
   * Opens the store.
   *
   * @param parts what started is added to, also if something else fails
   * @throws dev.holdfast.StorageException if the store cannot be opened
   */
  static Ground open(NodeOptions options, Parts parts) {
    ObjectStore store = parts.add(RocksStore.open(options.data(), options.store()));
    parts.add(HistoryPruning.start(store));
    parts.add(CarrierWatch.start());
    SocketTable sockets = new SocketTable(options.engine().clock(), options.sockets());
    SqlOptions sql = options.engine().sql().withScratch(options.data().resolve("scratch"));
    return new Ground(options.engine().withSql(sql), store, sockets);
  }

  /** The sockets of all clients. */
  SocketTable sockets() {
    return sockets;
  }

  /** Starts an engine that gets nothing of sockets yet, after the one before has been closed. */
  Engine prepare(List<ObjectClass<?>> classes) {
    return Engine.prepare(options, store, sockets, classes);
  }

  /** Starts an engine, after the one before has been closed. */
  Engine start(List<ObjectClass<?>> classes) {
    return Engine.start(options, store, sockets, classes);
  }
}
