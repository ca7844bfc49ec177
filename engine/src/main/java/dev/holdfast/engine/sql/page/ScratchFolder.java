// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import dev.holdfast.ObjectId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a node in which SQLite finds the databases of objects. Thread-safe.
 *
 * <p>All of it may be lost at any time. Each file that is made has a name that no other had since
 * the process was started; so whoever still uses the one before, as its thread does not come to an
 * end, harms nobody.
 *
 * <h2>When a file is used again</h2>
 *
 * A file has the content of a commit, or one that nobody knows. It has a user, who has found or
 * made it, and who may change it; or it is closed. For each object at most one closed file is
 * known, by what follows, and it is used if the commit is the one that the store names.
 *
 * <ul>
 *   <li>This process knows what is in a file whose user has closed it, as long as it is on disk as
 *       it was then, by its size, its time and its identity. That takes no sync: if the process or
 *       the machine dies, what was known is gone too.
 *   <li>A {@linkplain Mark mark} tells it to later processes. It is made while a file is closed,
 *       and emptied before its user changes the file for the first time; both are certainly on
 *       disk. So it is right whenever the process or the machine dies, and costs nothing as long as
 *       a file is only closed and opened again.
 *   <li>A file whose closing fails, or that was written for a commit that failed, is removed, or is
 *       not found, since the store does not name its commit.
 * </ul>
 *
 * <h2>How much is kept</h2>
 *
 * Closed files may take so many bytes; beyond, those that were closed first are removed. What an
 * earlier process has left is looked through when the folder is opened: what is not marked is
 * removed, and what is counts as closed before everything else.
 *
 * <h2>When it is closed</h2>
 *
 * Then another engine may open it, while turns that did not end with this one still have files
 * open. Those files are disowned: their marks are emptied and their names removed, so nobody finds
 * them, and SQLite goes on with what has no name any more. From then on nothing here touches a name
 * in the folder.
 */
public final class ScratchFolder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ScratchFolder.class);
  static final String DATABASE = ".db";
  private static final int SHARD_DIGITS = 4;
  static final String PAST = "past";

  /** That of the last file that this process has made, in whatever folder. */
  private static final AtomicLong LAST = new AtomicLong();

  private final Path root;
  private final ScratchLimits limits;
  private final FolderLock lock;
  private final long first;
  private final FileRegister register;
  private final Leftovers leftovers;

  /** Held for reading by whoever touches files by their names, and for writing to close. */
  private final ReadWriteLock names = new ReentrantReadWriteLock();

  // Guarded by names.
  private boolean closed;

  private ScratchFolder(Path root, ScratchLimits limits, FolderLock lock, long first) {
    this.root = root;
    this.limits = limits;
    this.lock = lock;
    this.first = first;
    this.register = new FileRegister(limits.closedBytes());
    this.leftovers = new Leftovers(this, register);
  }

  /**
   * The folder at {@code root}, which is made if it is not there.
   *
   * @param first greater than the numbers that files have there in their names
   * @throws IOException if it cannot be made, or another node uses it
   */
  public static ScratchFolder open(Path root, ScratchLimits limits, long first) throws IOException {
    FolderLock lock = FolderLock.of(Files.createDirectories(root));
    ScratchFolder folder = new ScratchFolder(root, limits, lock, first);
    folder.leftovers.start();
    return folder;
  }

  /**
   * Lets go of the folder. Files that are still in use are disowned. Idempotent.
   *
   * @throws IOException if they cannot be; then nobody else gets the folder as long as the process
   *     runs
   */
  @Override
  public void close() throws IOException {
    leftovers.stop();
    names.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        for (Path file : register.inUse()) {
          disown(file);
        }
        lock.close();
      }
    } finally {
      names.writeLock().unlock();
    }
  }

  /** Nobody finds a file that has no name or no mark; if the machine dies a name may come back. */
  private static void disown(Path file) throws IOException {
    delete(file);
    delete(ScratchFile.log(file));
    String name = String.valueOf(file.getFileName());
    String mark = name.substring(0, name.indexOf('.')) + Mark.SUFFIX;
    try {
      new Mark(ScratchFile.parent(file).resolve(mark)).empty();
    } catch (IOException e) {
      if (Files.exists(file)) {
        throw e;
      }
      log.warn("{}: its mark cannot be emptied", file, e);
    }
  }

  /** Lets the caller touch files by their names until it leaves; false if the folder is closed. */
  boolean enter() {
    names.readLock().lock();
    if (closed) {
      names.readLock().unlock();
      return false;
    }
    return true;
  }

  void leave() {
    names.readLock().unlock();
  }

  /** The same; fails if the folder is closed. */
  void enterOrFail() throws IOException {
    if (!enter()) {
      throw new IOException(
          root
              + ": expected a folder of scratch files that is open, found it closed: its engine ended");
    }
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

  Path root() {
    return root;
  }

  private Path shard(ObjectId id) {
    return root.resolve(id.toString().substring(0, SHARD_DIGITS));
  }

  /** Removes the files of an object that is gone. */
  public void forget(ObjectId id) throws IOException {
    if (enter()) {
      try {
        removeAll(id);
      } finally {
        leave();
      }
    }
  }

  /** A file that does not exist yet, for a database that is not there or must be made anew. */
  public ScratchFile create(ObjectId id) throws IOException {
    enterOrFail();
    try {
      Path shard = Files.createDirectories(shard(id));
      removeAll(id);
      return new ScratchFile(this, id, newFile(shard, id + "."), false);
    } finally {
      leave();
    }
  }

  /** A file that does not exist yet, for a database as it was. It is for one turn. */
  public ScratchFile createPast() throws IOException {
    enterOrFail();
    try {
      Path folder = Files.createDirectories(root.resolve(PAST));
      return new ScratchFile(this, null, newFile(folder, ""), false);
    } finally {
      leave();
    }
  }

  /** What is left behind may have a greater number, if the clock was set back. */
  private Path newFile(Path folder, String prefix) {
    Path file;
    do {
      long number = LAST.updateAndGet(last -> Math.max(last, first) + 1);
      file = folder.resolve(prefix + number + DATABASE);
    } while (!register.use(file) || isLeft(file));
    return file;
  }

  private boolean isLeft(Path file) {
    boolean left = Files.exists(file) || Files.exists(ScratchFile.log(file));
    if (left) {
      release(file);
    }
    return left;
  }

  /** The file that has the content of that commit; null if there is none to be relied on. */
  public @Nullable ScratchFile find(ObjectId id, Head head) {
    if (!enter()) {
      return null;
    }
    try {
      ScratchFile known = findKnown(id, head);
      return known == null ? findMarked(id, head) : known;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException | InvalidPathException e) {
      log.warn("{}: its scratch file is not used, it will be made anew", id, e);
      return null;
    } finally {
      leave();
    }
  }

  /** Of what this process has closed. */
  private @Nullable ScratchFile findKnown(ObjectId id, Head head) throws IOException {
    FileRegister.Content content = register.take(id, head);
    if (content == null) {
      return null;
    }
    Path file = content.file();
    boolean same = false;
    try {
      same = FileRegister.Written.of(file).equals(content.written());
    } catch (NoSuchFileException e) {
      // Somebody has removed it.
    } finally {
      if (!same) {
        release(file);
      }
    }
    return same ? reused(id, file, content.marked()) : null;
  }

  /** Of what other processes have left. */
  private @Nullable ScratchFile findMarked(ObjectId id, Head head) throws IOException {
    Path shard = shard(id);
    Mark mark = new Mark(shard.resolve(id + Mark.SUFFIX));
    String name = mark.file();
    Path file = shard.resolve(name);
    if (!name.startsWith(id + ".") || !shard.equals(file.getParent()) || !register.use(file)) {
      return null;
    }
    boolean said = false;
    try {
      said = mark.says(file, head);
    } finally {
      if (!said) {
        release(file);
      }
    }
    if (said) {
      register.forget(id);
    }
    return said ? reused(id, file, true) : null;
  }

  private ScratchFile reused(ObjectId id, Path file, boolean marked) throws IOException {
    ScratchFile reused = new ScratchFile(this, id, file, marked);
    boolean alone = false;
    try {
      // What was never moved from a log into the file is not of that commit.
      Files.deleteIfExists(reused.log());
      alone = true;
    } finally {
      if (!alone) {
        release(file);
      }
    }
    return reused;
  }

  /**
   * The activation of an object is over: if the closed file with that content is large enough, it
   * is marked. The next activation must wait for the end of this.
   *
   * @throws IOException if it cannot be; then it is removed
   */
  public void rest(ObjectId id, Head head) throws IOException {
    if (enter()) {
      try {
        markLarge(id, head);
      } finally {
        leave();
      }
    }
  }

  private void markLarge(ObjectId id, Head head) throws IOException {
    ScratchFile file = head.bytes() < limits.markedBytes() ? null : findKnown(id, head);
    if (file == null) {
      return;
    }
    boolean kept = false;
    try {
      file.mark(head);
      file.keep(head);
      kept = true;
    } finally {
      if (!kept) {
        file.discard();
      }
    }
  }

  /** What is known of a closed file is wrong, or of no use: it is removed. */
  public void discard(ObjectId id, Head head) throws IOException {
    if (enter()) {
      try {
        ScratchFile file = findKnown(id, head);
        if (file != null) {
          file.discard();
        }
      } finally {
        leave();
      }
    }
  }

  /** Nobody uses a file any more. */
  void release(Path file) {
    register.release(file);
  }

  /** Nobody uses a file any more, and this is in it. */
  void closed(ObjectId id, FileRegister.Content content) {
    register.closed(id, content);
    makeRoom();
  }

  /** Removes what was closed first, if all closed files take too much. */
  void makeRoom() {
    for (ObjectId id = register.excess(); id != null; id = register.excess()) {
      try {
        removeAll(id);
      } catch (IOException e) {
        log.warn("{}: its scratch files cannot be removed", id, e);
      }
    }
  }

  /**
   * Removes what nobody uses of an object's files. The one before may be in use by a thread that
   * does not come to an end, and the next one by now, if that thread is late. What cannot be
   * removed costs space and is never used.
   */
  private void removeAll(ObjectId id) throws IOException {
    register.forget(id);
    List<Path> marks = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(shard(id), id + ".*")) {
      for (Path file : files) {
        Path database = database(file);
        if (database == null) {
          marks.add(file);
        } else if (register.use(database)) {
          delete(file);
          release(database);
        }
      }
    } catch (NoSuchFileException e) {
      return;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    marks.forEach(ScratchFolder::delete);
  }

  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.warn("{} cannot be removed", file, e);
    }
  }

  /** The file of a database that this is, or that SQLite has this beside; null if it is neither. */
  static @Nullable Path database(Path file) {
    String name = String.valueOf(file.getFileName());
    int end = name.indexOf(DATABASE);
    return end < 0 ? null : file.resolveSibling(name.substring(0, end) + DATABASE);
  }
}
