// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file with the database of one object. For one thread. */
public final class ScratchFile {
  private final ScratchFolder folder;
  private final Path path;
  private final Path mark;
  private boolean marked;

  ScratchFile(ScratchFolder folder, Path path, Path mark, boolean marked) {
    this.folder = folder;
    this.path = path;
    this.mark = mark;
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

  /** Must be said before SQLite writes into the file, that is, before every checkpoint. */
  public void changes() throws IOException {
    if (marked) {
      ScratchFolder.empty(mark);
      marked = false;
    }
  }

  /**
   * SQLite has closed it, and it has the content of a commit; nobody uses it any more.
   *
   * @param head of the database after that commit
   */
  public void keep(Head head) throws IOException {
    try {
      if (!marked) {
        ScratchFolder.mark(mark, path, head);
      }
    } finally {
      folder.release(path);
    }
  }

  /**
   * It is of no use to anybody. SQLite may have it open, and moves what it has in the log to the
   * database when it is closed: so if it cannot be told that it is of no use, nobody finds it again
   * as long as the node runs.
   */
  public void discard() throws IOException {
    changes();
    try {
      Files.deleteIfExists(path);
      Files.deleteIfExists(log());
    } finally {
      folder.release(path);
    }
  }
}
