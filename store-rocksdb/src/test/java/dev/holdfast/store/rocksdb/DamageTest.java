// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.StorageException;
import dev.holdfast.store.OpenedObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damages one file of a store that confirmed commits, and opens it: either every confirmed commit
 * is there, or the store refuses and names the file; and when the loss is accepted, every commit
 * before the first sequence number that it called lost is there.
 *
 * <p>{@code -Dholdfast.seed} repeats what was done to a file; the files themselves also depend on
 * when RocksDB flushed and compacted.
 */
class DamageTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 50 : 10;
  private static final @Nullable Long REPLAYED = Long.getLong("holdfast.seed");
  private static final Pattern LOST_FROM = Pattern.compile("lost from sequence number (\\d+)");
  private static final RocksStoreOptions OPTIONS =
      RocksStoreOptions.defaults().withWriteBufferBytes(256 << 10);

  @TempDir static Path folder;
  private static final List<Image> IMAGES = new ArrayList<>();

  /** A closed or crashed store, and what it had confirmed. */
  private record Image(String name, Path directory, List<Ledger.Confirmed> confirmed) {}

  /** The namespace's secret, without which no id of it could be made again. */
  private static byte[] secret = {};

  /** What is done to a file. */
  private enum Damage {
    TRUNCATED {
      @Override
      String apply(Path file, Random random) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          long size = (long) (random.nextDouble() * channel.size());
          channel.truncate(size);
          return "cut to " + size + " bytes";
        }
      }
    },
    FLIPPED {
      @Override
      String apply(Path file, Random random) throws IOException {
        try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
          long at = (long) (random.nextDouble() * channel.size());
          ByteBuffer b = ByteBuffer.allocate(1);
          channel.read(b, at);
          b.put(0, (byte) (b.get(0) ^ (1 << random.nextInt(8)))).flip();
          channel.write(b, at);
          return "a bit flipped in byte " + at + " of " + channel.size();
        }
      }
    },
    DELETED {
      @Override
      String apply(Path file, Random random) throws IOException {
        Files.delete(file);
        return "deleted";
      }
    };

    abstract String apply(Path file, Random random) throws IOException;
  }

  @BeforeAll
  static void makeImages() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("DamageTest images: seed " + seed);
    Ledger ledger = new Ledger(new Random(seed));
    Path live = folder.resolve("live");
    try (RocksStore store = RocksStore.open(live, OPTIONS, ledger.surroundings())) {
      ledger.write(store, 300);
      secret = store.namespaceSecret("Ledger");
      store.prune(100);
      try (Standstill _ = new Standstill(store)) {
        IMAGES.add(crashed("crashed", live, ledger));
      }
      ledger.write(store, 20);
    }
    IMAGES.add(crashed("closed", live, ledger));
    try (RocksStore store = RocksStore.open(live, OPTIONS, ledger.surroundings())) {
      try (Standstill _ = new Standstill(store)) {
        ledger.write(store, 80);
        IMAGES.add(crashed("with several logs", live, ledger));
      }
    }
  }

  /** A copy of the directory as a crash at this moment would leave it. */
  private static Image crashed(String name, Path live, Ledger ledger) throws Exception {
    Path copy = folder.resolve(name);
    Folders.copy(live, copy);
    ManifestMirrorTest.assertComplete(new StoreLayout(copy));
    return new Image(name, copy, ledger.confirmed());
  }

  @AfterAll
  static void forgetImages() {
    IMAGES.clear();
  }

  @TestFactory
  Stream<DynamicTest> damaged_logs() {
    return rounds(name -> name.endsWith(".log"), true);
  }

  @TestFactory
  Stream<DynamicTest> damaged_data_files() {
    return rounds(name -> name.endsWith(".sst"), true);
  }

  @TestFactory
  Stream<DynamicTest> damaged_manifests() {
    return rounds(name -> name.startsWith("MANIFEST"), false);
  }

  @TestFactory
  Stream<DynamicTest> damaged_mark_files() {
    return rounds(name -> name.equals("mark"), true);
  }

  @TestFactory
  Stream<DynamicTest> other_damaged_files_of_the_database() {
    return rounds(
        name ->
            name.equals("CURRENT")
                || name.equals("IDENTITY")
                || name.startsWith("OPTIONS")
                || name.equals("LOG"),
        false);
  }

  private Stream<DynamicTest> rounds(Predicate<String> chosen, boolean mayCost) {
    Stream<Long> seeds =
        REPLAYED != null
            ? Stream.of(REPLAYED)
            : Stream.generate(() -> new Random().nextLong()).limit(ROUNDS);
    return seeds.map(
        seed -> DynamicTest.dynamicTest("seed " + seed, () -> round(seed, chosen, mayCost)));
  }

  private static void round(long seed, Predicate<String> chosen, boolean mayCost) throws Exception {
    Random random = new Random(seed);
    Image image = IMAGES.get(random.nextInt(IMAGES.size()));
    Path directory = Files.createTempDirectory(folder, "damaged");
    Folders.copy(image.directory(), directory);
    Path file = choose(directory, chosen, random);
    Damage damage = Damage.values()[random.nextInt(Damage.values().length)];
    String what =
        image.name()
            + ", "
            + directory.relativize(file)
            + " "
            + damage.apply(file, random)
            + ", seed "
            + seed;
    System.out.println(what);
    try {
      check(directory, file, image, mayCost, what);
    } finally {
      Folders.delete(directory);
    }
  }

  private static Path choose(Path directory, Predicate<String> chosen, Random random)
      throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> candidates =
          files
              .filter(f -> chosen.test(f.getFileName().toString()) && Files.isRegularFile(f))
              .filter(f -> f.toFile().length() > 0)
              .sorted()
              .toList();
      return candidates.get(random.nextInt(candidates.size()));
    }
  }

  private static void check(Path directory, Path file, Image image, boolean mayCost, String what) {
    StorageException refusal = refusal(directory);
    if (refusal == null) {
      try (RocksStore store = RocksStore.open(directory, OPTIONS)) {
        assertThat(Ledger.missing(store, image.confirmed())).as(what).isEmpty();
        assertWritable(store);
      }
      return;
    }
    assertThat(mayCost).as("%s may cost nothing, but: %s", what, refusal.getMessage()).isTrue();
    assertThat(refusal.retryable()).isFalse();
    assertThat(refusal)
        .as(what)
        .hasMessageContaining(file.getFileName().toString())
        .hasMessageContaining("--accept-loss");
    assertThat(refusal(directory)).as(what).hasMessage(refusal.getMessage());
    Matcher lost = LOST_FROM.matcher(String.valueOf(refusal.getMessage()));
    long firstLost = lost.find() ? Long.parseLong(lost.group(1)) : Long.MAX_VALUE;
    try (RocksStore store = RocksStore.open(directory, OPTIONS.withAcceptLoss(true))) {
      List<Ledger.Confirmed> missing = Ledger.missing(store, image.confirmed());
      assertThat(missing)
          .as("%s: %s", what, refusal.getMessage())
          .allSatisfy(commit -> assertThat(commit.sequence()).isGreaterThanOrEqualTo(firstLost));
      assertThat(store.namespaceSecret("Ledger")).as(what).isEqualTo(secret);
      assertWritable(store);
      assertThat(store.directory().byName("Ledger", "object-", null, 100))
          .as(what)
          .hasSize(Ledger.OBJECTS);
    }
    assertThat(refusal(directory)).as("%s, after the loss was accepted", what).isNull();
  }

  private static @Nullable StorageException refusal(Path directory) {
    return catchThrowableOfType(
        StorageException.class, () -> RocksStore.open(directory, OPTIONS).close());
  }

  private static void assertWritable(RocksStore store) {
    for (int i = 0; i < Ledger.OBJECTS; i++) {
      OpenedObject object = store.open(Ledger.ref(i), "object-" + i);
      RocksStoreTest.commit(
          store,
          RocksStoreTest.put(object.opening(), object.seq() + 1, object.generation().next(), "x"));
    }
  }
}
