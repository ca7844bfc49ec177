// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.engine;

import dev.holdfast.ObjectNamespace;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.rocksdb.RocksStore;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** An engine with counters over an embedded store in a folder of its own, on the disk. */
final class CounterNode implements AutoCloseable {
  private static final Path PARENT = Path.of("benchmarks/target/data");
  private static final int CALLS_AT_ONCE = 2_000;

  private final Path folder;
  private final EngineOptions options;
  private ObjectStore store;
  private Engine engine;

  private CounterNode(Path folder, EngineOptions options) {
    this.folder = folder;
    this.options = options;
    this.store = RocksStore.open(folder, RocksStoreOptions.defaults());
    this.engine = Engine.start(options, store, classes());
  }

  static CounterNode start(EngineOptions options) throws IOException {
    Files.createDirectories(PARENT);
    return new CounterNode(Files.createTempDirectory(PARENT, "engine-"), options);
  }

  private static List<ObjectClass<?>> classes() {
    return List.of(new ObjectClass<>("Counter", Counter.class, CounterObject::new));
  }

  Engine engine() {
    return engine;
  }

  ObjectNamespace<Counter> counters() {
    return engine.objects(Counter.class);
  }

  /** Starts a new engine over the same store: every object is asleep. */
  void restartEngine() {
    engine.close();
    engine = Engine.start(options, store, classes());
  }

  /** Closes engine and store and opens both again: everything comes from data files. */
  void reopen() {
    engine.close();
    store.close();
    store = RocksStore.open(folder, RocksStoreOptions.defaults());
    engine = Engine.start(options, store, classes());
  }

  /** Increments the counters 0 to n - 1 once each, many at a time; returns how many failed. */
  long incrementEach(int n) throws InterruptedException {
    ObjectNamespace<Counter> counters = counters();
    Semaphore room = new Semaphore(CALLS_AT_ONCE);
    LongAdder failed = new LongAdder();
    for (int i = 0; i < n; i++) {
      String name = name(i);
      room.acquire();
      Thread.startVirtualThread(
          () -> {
            try {
              counters.getByName(name).increment(1);
            } catch (RuntimeException e) {
              failed.increment();
            } finally {
              room.release();
            }
          });
    }
    room.acquire(CALLS_AT_ONCE);
    return failed.sum();
  }

  static String name(int i) {
    return "counter-" + i;
  }

  @Override
  public void close() {
    engine.close();
    store.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
