// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import dev.holdfast.ObjectId;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a node in which SQLite finds the databases of objects. Thread-safe.
 *
 * <p>All of it may be lost at any time. Each database that is opened has a file of its own, with a
 * name that no other had since the node was started; so whoever still uses the one before, as its
 * thread does not come to an end, harms nobody.
 *
 * <p>A file of a database that was closed in an orderly way stays, and beside it a <em>mark</em>
 * that says of which commit it is, and when the file was written to last: so it is not taken for
 * that if others have put an older one in its place. The mark is emptied, and that is certainly on
 * disk, before SQLite changes the file; and made when the file is certainly on disk.
 */
public final class ScratchFolder {
  private static final Logger log = LoggerFactory.getLogger(ScratchFolder.class);
  private static final String FORMAT = "holdfast scratch 1";
  private static final String DATABASE = ".db";
  private static final int SHARD_DIGITS = 4;
  private static final String PAST = "past";

  private final Path root;
  private final AtomicLong number;
  private final Set<Path> inUse = ConcurrentHashMap.newKeySet();

  /**
   * The folder at {@code root}, which is made if it is not there.
   *
   * @param number greater than those of the names that files have there
   */
  public ScratchFolder(Path root, long number) throws IOException {
    this.root = Files.createDirectories(root);
    this.number = new AtomicLong(number);
  }

  /** An empty folder, which is to be removed at the end. */
  public static ScratchFolder temporary(Path root) throws IOException {
    return new ScratchFolder(root, 0);
  }

  /** Removes the folder and all that is in it. */
  public void remove() {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      log.warn("{} cannot be removed", root, e);
    }
  }

  /** The folder of an object's files, made if it is not there. */
  private Path shard(ObjectId id) throws IOException {
    return Files.createDirectories(root.resolve(id.toString().substring(0, SHARD_DIGITS)));
  }

  private static Path mark(Path shard, ObjectId id) {
    return shard.resolve(id + ".mark");
  }

  /** Removes the files of an object that is gone. */
  public void forget(ObjectId id) throws IOException {
    Path shard = root.resolve(id.toString().substring(0, SHARD_DIGITS));
    if (Files.isDirectory(shard)) {
      removeAll(shard, id);
    }
  }

  /** A file that does not exist yet, for a database that is not there or must be made anew. */
  public ScratchFile create(ObjectId id) throws IOException {
    Path shard = shard(id);
    removeAll(shard, id);
    Path file = newFile(shard, id);
    inUse.add(file);
    return new ScratchFile(this, file, mark(shard, id), false);
  }

  /** What is left behind may have a greater number, if the clock was set back. */
  private Path newFile(Path shard, ObjectId id) {
    Path file;
    do {
      file = shard.resolve(id + "." + number.incrementAndGet() + DATABASE);
    } while (Files.exists(file) || Files.exists(ScratchFile.log(file)));
    return file;
  }

  /** A file that does not exist yet, for a database as it was. It is for one turn. */
  public ScratchFile createPast() throws IOException {
    Path folder = Files.createDirectories(root.resolve(PAST));
    Path file;
    do {
      file = folder.resolve(number.incrementAndGet() + DATABASE);
    } while (Files.exists(file) || Files.exists(ScratchFile.log(file)));
    inUse.add(file);
    return new ScratchFile(this, file, folder.resolve("none.mark"), false);
  }

  /** The file that has the content of that commit; null if there is none to be relied on. */
  public @Nullable ScratchFile find(ObjectId id, Head head) {
    try {
      Path shard = shard(id);
      Path mark = mark(shard, id);
      List<String> lines = Files.readAllLines(mark, StandardCharsets.UTF_8);
      String name = lines.size() < 2 ? "" : lines.get(1);
      Path file = shard.resolve(name);
      if (!name.startsWith(id + ".") || !shard.equals(file.getParent()) || !inUse.add(file)) {
        return null;
      }
      boolean usable = false;
      try {
        usable = isWhole(file, head) && lines.equals(describe(file, head));
        if (usable) {
          // What was never moved from the log into the file is not of that commit.
          Files.deleteIfExists(ScratchFile.log(file));
          return new ScratchFile(this, file, mark, true);
        }
      } finally {
        if (!usable) {
          inUse.remove(file);
        }
      }
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException | InvalidPathException e) {
      log.warn("{}: its scratch file is not used, it will be made anew", id, e);
    }
    return null;
  }

  /** Nobody uses a file any more. */
  void release(Path file) {
    inUse.remove(file);
  }

  private static boolean isWhole(Path file, Head head) throws IOException {
    return Files.isRegularFile(file) && Files.size(file) == (long) head.pages() * head.pageBytes();
  }

  /** What a mark says. */
  private static List<String> describe(Path file, Head head) throws IOException {
    return List.of(
        FORMAT,
        String.valueOf(file.getFileName()),
        "commit %d %016x".formatted(head.seq(), head.stamp()),
        "pages %d of %d".formatted(head.pages(), head.pageBytes()),
        "written %d".formatted(Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS)),
        "end");
  }

  /** Marks a file that is closed. */
  static void mark(Path mark, Path file, Head head) throws IOException {
    if (!isWhole(file, head)) {
      throw new IOException(
          "%s: expected %d pages of %d bytes, found %d bytes"
              .formatted(file, head.pages(), head.pageBytes(), Files.size(file)));
    }
    sync(file);
    Files.write(mark, describe(file, head), StandardCharsets.UTF_8);
    sync(mark);
    sync(parent(mark));
  }

  /** Makes a mark say nothing; that is certainly on disk. */
  static void empty(Path mark) throws IOException {
    try {
      sync(mark, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    } catch (NoSuchFileException e) {
      // It says nothing already.
    }
  }

  static Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalStateException("a scratch file is in a folder: " + path);
    }
    return parent;
  }

  /** Makes sure that a file, or the list of names in a folder, is on disk. */
  private static void sync(Path path) throws IOException {
    sync(path, StandardOpenOption.READ);
  }

  /** An interrupt closes the channel: it is for the object's code, and has to wait. */
  private static void sync(Path path, OpenOption... how) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try (FileChannel channel = FileChannel.open(path, Set.of(how))) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Removes what nobody uses. The one before may be in use by a thread that does not come to an
   * end, and the next one by now, if that thread is late. What cannot be removed costs space and is
   * never used.
   */
  private void removeAll(Path shard, ObjectId id) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(shard, id + ".*")) {
      for (Path file : files) {
        if (!isInUse(file)) {
          try {
            Files.deleteIfExists(file);
          } catch (IOException e) {
            log.warn("{} cannot be removed", file, e);
          }
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /** Whether it is a file in use, or one that SQLite has beside it. */
  private boolean isInUse(Path file) {
    String name = String.valueOf(file.getFileName());
    int end = name.indexOf(DATABASE);
    return end >= 0 && inUse.contains(file.resolveSibling(name.substring(0, end) + DATABASE));
  }
}
