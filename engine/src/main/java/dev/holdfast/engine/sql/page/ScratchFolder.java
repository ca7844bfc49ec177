// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import dev.holdfast.ObjectId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
 * that says of which commit it is. The mark is removed, and that is certainly on disk, before
 * SQLite changes the file; and made when the file is certainly on disk.
 */
public final class ScratchFolder {
  private static final Logger log = LoggerFactory.getLogger(ScratchFolder.class);
  private static final String FORMAT = "holdfast scratch 1";
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

  /** A file that does not exist yet, for a database that is not there or must be made anew. */
  public ScratchFile create(ObjectId id) throws IOException {
    Path shard = shard(id);
    removeAll(shard, id);
    Path file = shard.resolve(id + "." + number.incrementAndGet() + ".db");
    inUse.add(file);
    return new ScratchFile(this, file, mark(shard, id), false);
  }

  /** A file that does not exist yet, for a database as it was. It is for one turn. */
  public ScratchFile createPast() throws IOException {
    Path folder = Files.createDirectories(root.resolve(PAST));
    Path file = folder.resolve(number.incrementAndGet() + ".db");
    inUse.add(file);
    return new ScratchFile(this, file, folder.resolve("none.mark"), false);
  }

  /** The file that has the content of that commit; null if there is none to be relied on. */
  public @Nullable ScratchFile find(ObjectId id, Head head) throws IOException {
    Path shard = shard(id);
    Path mark = mark(shard, id);
    List<String> lines;
    try {
      lines = Files.readAllLines(mark, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return null;
    }
    if (lines.size() != 4
        || !lines.get(0).equals(FORMAT)
        || !lines.get(2).equals(describe(head))
        || !lines.get(3).equals("end")) {
      return null;
    }
    Path file = shard.resolve(lines.get(1));
    if (!inUse.add(file)) {
      return null;
    }
    boolean usable = false;
    try {
      usable = isWhole(file, head);
    } finally {
      if (!usable) {
        inUse.remove(file);
      }
    }
    return usable ? new ScratchFile(this, file, mark, true) : null;
  }

  /** What was never moved from the log into the file is not of that commit. */
  private static boolean isWhole(Path file, Head head) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) != (long) head.pages() * head.pageBytes()) {
      return false;
    }
    Files.deleteIfExists(ScratchFile.log(file));
    return true;
  }

  /** Nobody uses a file any more. */
  void release(Path file) {
    inUse.remove(file);
  }

  static String describe(Head head) {
    return "%d %016x %d %d".formatted(head.seq(), head.stamp(), head.pages(), head.pageBytes());
  }

  static void writeMark(Path mark, Path file, Head head) throws IOException {
    List<String> lines = List.of(FORMAT, file.getFileName().toString(), describe(head), "end");
    Files.write(mark, lines, StandardCharsets.UTF_8);
    sync(mark);
    sync(parent(mark));
  }

  static Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalStateException("a scratch file is in a folder: " + path);
    }
    return parent;
  }

  /** Makes sure that a file, or the list of names in a folder, is on disk. */
  static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** What cannot be removed costs space and is never used. */
  private static void removeAll(Path shard, ObjectId id) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(shard, id + ".*")) {
      for (Path file : files) {
        try {
          Files.deleteIfExists(file);
        } catch (IOException e) {
          log.warn("{} cannot be removed", file, e);
        }
      }
    }
  }
}
