// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.engine.sql.SqlOptions;
import dev.holdfast.server.control.ControlServer;
import dev.holdfast.server.control.Workplace;
import dev.holdfast.store.rocksdb.BackupReport;
import dev.holdfast.store.rocksdb.RocksStore;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the code of a node stands on: the store, the sockets of its clients, and what looks after
 * them. One engine at a time runs on it.
 */
final class Ground {
  private final Path data;
  private final EngineOptions options;
  private final RocksStore store;
  private final SocketTable sockets;

  private Ground(Path data, EngineOptions options, RocksStore store, SocketTable sockets) {
    this.data = data;
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
    RocksStore store = parts.add(RocksStore.open(options.data(), options.store()));
    parts.add(HistoryPruning.start(store));
    parts.add(CarrierWatch.start());
    SocketTable sockets = new SocketTable(options.engine().clock(), options.sockets());
    SqlOptions sql = options.engine().sql().withScratch(options.data().resolve("scratch"));
    return new Ground(options.data(), options.engine().withSql(sql), store, sockets);
  }

  /** The sockets of all clients. */
  SocketTable sockets() {
    return sockets;
  }

  /**
   * Makes an engine after the one before has been closed: it has changed nothing until it begins.
   */
  Engine prepare(List<ObjectClass<?>> classes) {
    return Engine.prepare(options, store, sockets, classes);
  }

  /** Lets the command line in, to the store and to the engine that runs now. */
  ControlServer control(Supplier<Engine> engine) {
    return ControlServer.start(new RunningPlace(data, store, engine), Tasks.all());
  }

  /** What the command line's tasks work on while a node runs. */
  private record RunningPlace(Path data, RocksStore store, Supplier<Engine> current)
      implements Workplace {
    @Override
    public Engine engine() {
      return current.get();
    }

    @Override
    public BackupReport backup(Path target) {
      return store.backup(target);
    }
  }
}
