// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import dev.holdfast.benchmarks.contest.DataFolder;
import dev.holdfast.benchmarks.rooms.app.Room;
import dev.holdfast.benchmarks.rooms.app.RoomObject;
import dev.holdfast.benchmarks.rooms.app.RoomWorker;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.engine.socket.SocketLimits;
import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.gateway.Gateway;
import dev.holdfast.gateway.GatewayOptions;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.rocksdb.RocksStore;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The parts of a node with rooms, in this process, so that its gauge and its heap can be read. All
 * is as it is by default but for how many connections there may be.
 */
final class SleepingNode implements SocketServer {
  private final DataFolder folder;
  private final ObjectStore store;
  private final Engine engine;
  private final Gateway gateway;

  private SleepingNode(DataFolder folder, int sockets) {
    EngineOptions options = EngineOptions.defaults();
    GatewayOptions defaults = GatewayOptions.defaults();
    this.folder = folder;
    this.store = RocksStore.open(folder.path(), RocksStoreOptions.defaults());
    this.engine =
        Engine.start(
            options,
            store,
            new SocketTable(options.clock(), SocketLimits.DEFAULT),
            List.of(new ObjectClass<>("Room", Room.class, RoomObject::new)));
    this.gateway =
        Gateway.start(
            defaults
                .withHost("127.0.0.1")
                .withPort(0)
                .withLimits(defaults.limits().withConnections(sockets)),
            new RoomWorker(engine));
  }

  static SleepingNode start(Path parent, int sockets) throws IOException {
    return new SleepingNode(DataFolder.create(parent, "asleep-"), sockets);
  }

  @Override
  public int port() {
    return gateway.port();
  }

  @Override
  public long awake() {
    return engine.activations();
  }

  @Override
  public void close() throws IOException {
    gateway.close();
    engine.close();
    store.close();
    folder.delete();
  }
}
