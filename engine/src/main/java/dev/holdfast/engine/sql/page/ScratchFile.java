// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import dev.holdfast.ObjectId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file with the database of one object, for its user: one thread. If the folder is closed
 * meanwhile the file has no name any more, and nothing here does anything.
 */
public final class ScratchFile {
  private final ScratchFolder folder;
  private final @Nullable ObjectId id;
  private final Path path;
  private final Mark mark;
  private boolean marked;

  /**
   * @param id of the object; null if the database is of the past
   * @param marked whether its mark may say something
   */
  ScratchFile(ScratchFolder folder, @Nullable ObjectId id, Path path, boolean marked) {
    this.folder = folder;
    this.id = id;
    this.path = path;
    this.mark = new Mark(parent(path).resolve(id + Mark.SUFFIX));
    this.marked = marked;
  }

  /** Where SQLite finds it. */
  public Path path() {
    return path;
  }

  /** SQLite's write-ahead log of it. */
  public Path log() {
    return log(path);
  }

  static Path log(Path file) {
    return file.resolveSibling(file.getFileName() + "-wal");
  }

  static Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalStateException("a scratch file is in a folder: " + path);
    }
    return parent;
  }

  /** Where it is. */
  public ScratchFolder folder() {
    return folder;
  }

  /** Keeps the folder from being closed, until this is. */
  public interface Naming extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Must be there while anybody makes files by its name, or by one that follows from it: else the
   * folder may be the next engine's by then, and nobody would remove them. For a moment, as the
   * engine's end waits for it.
   *
   * @throws IOException if the folder is closed
   */
  public Naming naming() throws IOException {
    folder.enterOrFail();
    return folder::leave;
  }

  /** The file, made to be written. It has no name any more once the folder is closed. */
  OutputStream make() throws IOException {
    try (Naming _ = naming()) {
      return Files.newOutputStream(path, StandardOpenOption.CREATE_NEW);
    }
  }

  /** Must be said before SQLite writes into the file, that is, before every checkpoint. */
  public void changes() throws IOException {
    if (folder.enter()) {
      try {
        emptyMark();
      } finally {
        folder.leave();
      }
    }
  }

  private void emptyMark() throws IOException {
    if (marked) {
      mark.empty();
      marked = false;
    }
  }

  /**
   * SQLite has closed it, and it has the content of a commit. It has no user any more; whoever
   * looks for that content finds it as long as this process runs.
   *
   * @param head of the database after that commit
   * @throws IOException if it cannot have that content, or the folder is closed; it still has its
   *     user then
   */
  public void keep(Head head) throws IOException {
    if (!folder.enter()) {
      throw new IOException(path + ": the engine ended before the database was closed");
    }
    try {
      register(head);
    } finally {
      folder.leave();
    }
  }

  private void register(Head head) throws IOException {
    FileRegister.Written written = FileRegister.Written.of(path);
    if (written.bytes() != head.bytes()) {
      throw new IOException(
          "%s: expected %d pages of %d bytes, found %d bytes"
              .formatted(path, head.pages(), head.pageBytes(), written.bytes()));
    }
    if (id == null) {
      throw new IllegalStateException(path + " is for one turn");
    }
    folder.closed(id, new FileRegister.Content(path, head, written, marked));
  }

  /** Makes that later processes find it too, SQLite having closed it. */
  void mark(Head head) throws IOException {
    if (!marked) {
      marked = true;
      mark.make(path, head);
    }
  }

  /**
   * It is of no use to anybody. SQLite may have it open, and moves what it has in the log to the
   * database when it is closed: so if it cannot be told that it is of no use, nobody finds it again
   * as long as the node runs.
   */
  public void discard() throws IOException {
    if (folder.enter()) {
      try {
        remove();
      } finally {
        folder.leave();
      }
    }
  }

  private void remove() throws IOException {
    emptyMark();
    try {
      Files.deleteIfExists(path);
      Files.deleteIfExists(log());
    } finally {
      folder.release(path);
    }
  }
}
