// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql;

import dev.holdfast.benchmarks.contest.DataFolder;
import dev.holdfast.benchmarks.sql.app.Catalogue;
import dev.holdfast.benchmarks.sql.app.CatalogueObject;
import dev.holdfast.benchmarks.sql.app.Shop;
import dev.holdfast.benchmarks.sql.app.ShopObject;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.rocksdb.RocksStore;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The parts of a node without HTTP, in this process, all as by default. */
final class SqlNode implements AutoCloseable {
  private final DataFolder folder;
  private final EngineOptions options;
  private ObjectStore store;
  private Engine engine;

  private SqlNode(DataFolder folder) {
    EngineOptions defaults = EngineOptions.defaults();
    this.folder = folder;
    this.options = defaults.withSql(defaults.sql().withScratch(scratch()));
    this.store = openStore();
    this.engine = startEngine();
  }

  static SqlNode start(Path parent) throws IOException {
    return new SqlNode(DataFolder.create(parent, "sql-"));
  }

  private ObjectStore openStore() {
    return RocksStore.open(folder.path(), RocksStoreOptions.defaults());
  }

  private Engine startEngine() {
    return Engine.start(
        options,
        store,
        List.of(
            new ObjectClass<>("Shop", Shop.class, ShopObject::new),
            new ObjectClass<>("Catalogue", Catalogue.class, CatalogueObject::new)));
  }

  private Path scratch() {
    return folder.path().resolve("scratch");
  }

  Engine engine() {
    return engine;
  }

  /**
   * Stops and starts everything: all objects are asleep, the store has nothing in memory. What is
   * to be done with the scratch files is done in between.
   */
  void restart(Scratch scratch) throws IOException {
    engine.close();
    store.close();
    scratch.between(scratch());
    store = openStore();
    engine = startEngine();
  }

  /** Does something with the folder of scratch files while no node runs. */
  interface Scratch {
    void between(Path folder) throws IOException;

    /** Leaves all files as they are. */
    static void keep(Path folder) {}

    /** Removes all files. */
    static void lose(Path folder) throws IOException {
      new DataFolder(folder).delete();
    }

    /** The only database there is a file of. */
    static Path only(Path folder) throws IOException {
      try (Stream<Path> files = Files.walk(folder)) {
        return files
            .filter(file -> file.toString().endsWith(".db"))
            .max(Comparator.naturalOrder())
            .orElseThrow(() -> new IOException("no scratch file was kept in " + folder));
      }
    }
  }

  @Override
  public void close() throws IOException {
    engine.close();
    store.close();
    folder.delete();
  }
}
