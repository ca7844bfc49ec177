// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the database, the first time and after every failure: inspects its files, refuses or gives
 * up what is lost, lets RocksDB recover, and begins a new epoch.
 *
 * <p>Order: inspect → mend → open, which writes what the logs hold into new files and syncs them →
 * mirror the manifest → write the new epoch, synced → note it in the mark file. Only then anything
 * is read by anybody. One thread at a time.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private static final byte[] EPOCH = Keys.meta("epoch");
  private static final byte[] FORMAT = Keys.meta("format");

  /** How many epochs a restored store may begin per millisecond since without meeting another. */
  private static final int RESTORED_SHIFT = 10;

  /** The first format whose heads tell how many bytes their objects have. */
  private static final int FIRST_WITH_SIZES = 2;

  private final StoreLayout layout;
  private final RocksStoreOptions options;
  private final Surroundings surroundings;
  private final MarkFile mark;
  private final Safeguards safeguards;

  /** Data files in which damage was found while the store was open. */
  private final Set<Long> suspects = ConcurrentHashMap.newKeySet();

  /** Data files that were read through without finding damage. */
  private final Set<Long> sound = ConcurrentHashMap.newKeySet();

  private boolean firstTime = true;

  Recovery(
      StoreLayout layout,
      RocksStoreOptions options,
      Surroundings surroundings,
      Safeguards safeguards) {
    this.layout = layout;
    this.options = options;
    this.surroundings = surroundings;
    this.mark = safeguards.mark();
    this.safeguards = safeguards;
  }

  /**
   * What is in a directory that a store may be opened in.
   *
   * @param mark what its mark file says; null if that is to be made
   * @param begun whether it has a mark file or a database, in whatever condition
   */
  record Found(MarkFile.@Nullable Mark mark, boolean begun) {}

  /**
   * Refuses a directory that is no store and cannot become one, and a store that must not be
   * opened. Changes nothing.
   *
   * @throws StorageException if the directory has something else in it, was not restored to the
   *     end, has a newer format or lost its mark
   */
  static Found require(StoreLayout layout, boolean acceptLoss) throws IOException {
    // Listed before the mark is looked for, which a store that another process makes has first.
    List<String> content = layout.content();
    boolean database = Files.exists(layout.database());
    if (Files.exists(layout.restoring())) {
      throw refusal(
          "the store in "
              + layout.directory()
              + " is not whole: a restore into it did not come to its end; run holdfast restore again");
    }
    boolean present = Files.exists(layout.mark());
    boolean begun = present || database;
    MarkFile.Mark mark = present ? MarkFile.read(layout.mark()) : null;
    if (mark != null) {
      refuseNewer(layout, mark.format());
    } else if (!begun && !content.isEmpty()) {
      throw refusal(
          "cannot open a store in %s: expected a data directory of Holdfast, or a folder that is empty or not there, found %s in it; name another folder, or move away what is in this one"
              .formatted(layout.directory(), content.stream().limit(5).toList()));
    } else if (begun && !acceptLoss) {
      throw refusal(
          "the store in "
              + layout.directory()
              + " cannot tell whether it lost confirmed commits: its file "
              + layout.name(layout.mark())
              + (present ? " is damaged" : " is missing")
              + ", so from which sequence number on they may be lost is unknown; restore the file or"
              + " a backup, or start with --accept-loss to go on with what is there");
    }
    return new Found(mark, begun);
  }

  private static StorageException refusal(String message) {
    return new StorageException(message, Outcome.NOT_APPLIED, false, null);
  }

  /**
   * The mark file of a data directory, which tells a new directory from one that lost something.
   *
   * @param found what {@link #require} found behind the lock
   */
  static MarkFile mark(StoreLayout layout, Found found) throws IOException {
    MarkFile.Mark old = found.mark();
    if (old == null) {
      return MarkFile.create(layout.mark(), found.begun());
    }
    if (!old.created()) {
      // The making of the directory was cut short, so nothing in it was ever confirmed.
      StoreLayout.delete(layout.database());
      StoreLayout.delete(layout.mirror());
    }
    return MarkFile.open(layout.mark(), old);
  }

  static void refuseNewer(StoreLayout layout, int format) {
    if (format > MarkFile.FORMAT) {
      throw refusal(
          "the store in "
              + layout.directory()
              + " has the format "
              + format
              + ", and this version of Holdfast reads formats up to "
              + MarkFile.FORMAT
              + "; run the version that wrote it, or a newer one");
    }
  }

  /** Damage was found in a data file of the open store; false if that is known. */
  boolean suspect(long dataFile) {
    sound.remove(dataFile);
    return suspects.add(dataFile);
  }

  /** The same, if an error of RocksDB names a damaged data file. */
  boolean suspect(@Nullable Throwable error) {
    long dataFile = Failures.damagedDataFile(error);
    return dataFile > 0 && suspect(dataFile);
  }

  /** The numbers of data files that were read through; may be added to. */
  Set<Long> sound() {
    return sound;
  }

  /**
   * Opens the database and begins an epoch.
   *
   * @throws StorageException if that cannot be done; retryable unless confirmed commits are lost
   */
  Session open() {
    Database database = null;
    try {
      boolean acceptLoss = options.acceptLoss() && firstTime;
      Inspection inspection = mark.isCreated() ? inspect(acceptLoss) : null;
      boolean lossy = inspection != null && Files.exists(layout.acceptedLoss());
      if (inspection != null && (lossy || !inspection.logs().any())) {
        // RocksDB would miss the logs that are gone. This makes it forget them, so that in what
        // follows each log tells of the one before it, as always.
        Database.open(layout.database(), options, false).close();
      }
      database = Database.open(layout.database(), options, true);
      safeguards.manifest().begin(database);
      BatchWriter writer = surroundings.writes().apply(database::write);
      Session session = begin(database, writer, lossy);
      firstTime = false;
      return session;
    } catch (RocksDBException | IOException | RuntimeException | Error e) {
      if (database != null) {
        database.close();
      }
      if (e instanceof StorageException known) {
        throw known;
      }
      if (suspect(e)) {
        // A compaction met the damage first. The inspection says what it costs and what to do.
        return open();
      }
      throw new StorageException(
          "cannot open the store in "
              + layout.directory()
              + ": "
              + (e instanceof RocksDBException ? e.getMessage() : e),
          Outcome.NOT_APPLIED,
          !(e instanceof RocksDBException r && Failures.isDamage(r)),
          e);
    }
  }

  private Inspection inspect(boolean acceptLoss) throws IOException {
    Inspection inspection =
        Inspection.of(
            layout,
            new Inspection.Confirmed(mark.sequence(), mark.log()),
            new Inspection.Checksums(
                acceptLoss ? Long.MAX_VALUE : options.checkBytes(), suspects, sound));
    if (!inspection.losses().isEmpty() && !acceptLoss) {
      throw new StorageException(inspection.describe(), Outcome.NOT_APPLIED, false, null);
    }
    Repair repair = new Repair(layout, inspection);
    boolean lossy = !inspection.losses().isEmpty();
    if (lossy) {
      LOG.warn("loss accepted: {}", inspection.describe());
      // First of all: once they are given up, an inspection finds the losses no more.
      StoreLayout.replace(
          layout.acceptedLoss(), inspection.describe().getBytes(StandardCharsets.UTF_8));
      repair.makeRoom();
    }
    repair.mend();
    if (lossy) {
      repair.giveUp();
    }
    return inspection;
  }

  private Session begin(Database database, BatchWriter writer, boolean lossy)
      throws RocksDBException, IOException {
    byte[] format = database.get(FORMAT);
    if (format != null) {
      refuseNewer(layout, Keys.intAt(format, 0));
    }
    boolean restored = Files.exists(layout.restored());
    long epoch = number(database, EPOCH) + 1;
    if (restored) {
      // Epochs are counted; what the store that the backup is of has counted since is not known
      // here. This is beyond it, so that openings of the one are void in the other.
      epoch = Math.max(epoch, options.clock().millis() << RESTORED_SHIFT);
    }
    BatchBuffer batch = new BatchBuffer();
    batch.put(EPOCH, bytes(epoch));
    int found = format == null ? 0 : Keys.intAt(format, 0);
    if (found < MarkFile.FORMAT) {
      byte[] written = new byte[4];
      Keys.putInt(written, 0, MarkFile.FORMAT);
      batch.put(FORMAT, written);
    }
    if (lossy) {
      new Salvage(database, writer, options.clock().instant().getEpochSecond()).run();
      Namespaces left = Namespaces.read(database, surroundings.random());
      for (Namespaces.Space space : safeguards.namespaces().read()) {
        // Under another name it was renamed after the copy was made.
        if (left.find(space.name()) == null && left.name(space.number()) == null) {
          Namespaces.putBack(space, batch);
        }
      }
    }
    if (lossy || (found > 0 && found < FIRST_WITH_SIZES)) {
      new HeadSizes(database, writer).run();
    }
    long sequence = writer.write(batch.toBytes());
    mark.log(layout.latestLog());
    mark.created(sequence);
    Namespaces known = Namespaces.read(database, surroundings.random());
    safeguards.namespaces().refresh(known.all());
    if (lossy) {
      Files.delete(layout.acceptedLoss());
      StoreLayout.syncFolder(layout.directory());
    }
    if (restored) {
      Files.delete(layout.restored());
      StoreLayout.syncFolder(layout.directory());
    }
    NewLives lives = NewLives.read(database, options.clock());
    PruningRule rule =
        PruningRule.read(database, options.retention(), options.clock().instant().getEpochSecond());
    return new Session(database, writer, epoch, known, lives, rule);
  }

  private static long number(Database database, byte[] key) throws RocksDBException {
    byte[] stored = database.get(key);
    return stored == null ? 0 : Keys.longAt(stored, 0);
  }

  private static byte[] bytes(long value) {
    byte[] bytes = new byte[8];
    Keys.putLong(bytes, 0, value);
    return bytes;
  }
}
