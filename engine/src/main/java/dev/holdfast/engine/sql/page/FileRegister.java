// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import dev.holdfast.ObjectId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a scratch folder are in use, and what is known of those that are not. Thread-safe.
 *
 * <p>A file has at most one user: an activation, or whoever removes it. What is closed is
 * remembered in the order in which it was closed, until it is used again, or is removed since all
 * together take too much room.
 */
final class FileRegister {
  /** Beyond, files are removed however small they are: each takes some 300 bytes of memory. */
  private static final int MAX_CLOSED = 50_000;

  private final long closedBytes;
  private final Set<Path> inUse = new HashSet<>();

  /** By the objects whose they are, the one that was closed first at the beginning. */
  private final LinkedHashMap<ObjectId, Closed> closed = new LinkedHashMap<>();

  private long bytes;

  /**
   * @param closedBytes how many bytes files may take that are not in use
   */
  FileRegister(long closedBytes) {
    this.closedBytes = closedBytes;
  }

  /**
   * What an object has left.
   *
   * @param bytes that it takes
   * @param content what this process knows of it; null if another has left it
   */
  private record Closed(long bytes, @Nullable Content content) {}

  /**
   * A closed file whose content this process knows.
   *
   * @param head of the database in it
   * @param written what it was when it was closed: if it is not, others have changed it
   * @param marked whether its mark may say something
   */
  record Content(Path file, Head head, Written written, boolean marked) {}

  /** What tells one writing of a file from another. */
  record Written(long bytes, FileTime time, @Nullable Object key) {
    static Written of(Path file) throws IOException {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return new Written(found.size(), found.lastModifiedTime(), found.fileKey());
    }
  }

  /** Makes the caller the user of a file; false if it has one. */
  synchronized boolean use(Path file) {
    return inUse.add(file);
  }

  /** Makes the caller the user of a file of which this process knows nothing; false if it does. */
  synchronized boolean useStray(ObjectId id, Path file) {
    Closed known = closed.get(id);
    Content content = known == null ? null : known.content;
    return (content == null || !content.file.equals(file)) && inUse.add(file);
  }

  /** The files that have users. */
  synchronized Set<Path> inUse() {
    return Set.copyOf(inUse);
  }

  /** The file has no user any more. */
  synchronized void release(Path file) {
    inUse.remove(file);
  }

  /** The file has no user any more, and this is in it. */
  synchronized void closed(ObjectId id, Content content) {
    inUse.remove(content.file);
    forget(id);
    closed.putLast(id, new Closed(content.written.bytes, content));
    bytes += content.written.bytes;
  }

  /** An earlier process has left something that may be of use. */
  synchronized void left(ObjectId id, long left) {
    if (!closed.containsKey(id)) {
      closed.putFirst(id, new Closed(left, null));
      bytes += left;
    }
  }

  /** Makes the caller the user of the file with that content; null if none is known. */
  synchronized @Nullable Content take(ObjectId id, Head head) {
    Closed known = closed.get(id);
    Content content = known == null ? null : known.content;
    if (content == null || !content.head.equals(head) || !inUse.add(content.file)) {
      return null;
    }
    forget(id);
    return content;
  }

  /** What an object has left is being removed. */
  synchronized void forget(ObjectId id) {
    Closed known = closed.remove(id);
    if (known != null) {
      bytes -= known.bytes;
    }
  }

  /** The object whose files are to be removed first; null if there is room for all. */
  synchronized @Nullable ObjectId excess() {
    Map.Entry<ObjectId, Closed> first = closed.firstEntry();
    return first == null || (bytes <= closedBytes && closed.size() <= MAX_CLOSED)
        ? null
        : first.getKey();
  }
}
