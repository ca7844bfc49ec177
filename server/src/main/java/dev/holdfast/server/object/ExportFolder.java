// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of an export, made of what the task {@code object-export} writes: under another name
 * until all is there. Close it in any case. One thread at a time.
 */
public final class ExportFolder extends OutputStream {
  private static final int HEAD_BYTES = 5;
  private static final int MAX_NAME_BYTES = 100;
  private static final int BUFFER_BYTES = 256 << 10;
  private static final Set<String> NAMES =
      Set.of(ExportStream.ABOUT, ExportStream.ENTRIES, ExportStream.DATABASE);

  private final Path target;
  private final Path partial;
  private final ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
  private ByteBuffer name = ByteBuffer.allocate(0);

  /** How many bytes of the frame are still to come. */
  private int left;

  private byte kind;
  private @Nullable OutputStream file;
  private boolean complete;

  private ExportFolder(Path target, Path partial) {
    this.target = target;
    this.partial = partial;
  }

  /**
   * Begins an export into a folder that does not exist.
   *
   * @throws FileAlreadyExistsException if there is something already
   * @throws IOException if nothing can be made there
   */
  public static ExportFolder create(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    requireAbsent(absolute);
    Path parent = absolute.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new IOException(
          "%s is to be made in %s, which is no folder; make that first, or name another"
              .formatted(absolute, parent));
    }
    return new ExportFolder(
        absolute, Files.createTempDirectory(parent, "." + absolute.getFileName() + ".partial-"));
  }

  private static void requireAbsent(Path target) throws FileAlreadyExistsException {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(
          target.toString(), null, "it exists already; name a folder that does not");
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      int taken = left == 0 ? head(bytes, at, end) : content(bytes, at, end);
      at += taken;
    }
  }

  private int head(byte[] bytes, int at, int end) throws IOException {
    int taken = Math.min(head.remaining(), end - at);
    head.put(bytes, at, taken);
    if (!head.hasRemaining()) {
      head.flip();
      kind = head.get();
      left = head.getInt();
      head.clear();
      begin();
    }
    return taken;
  }

  private void begin() throws IOException {
    boolean empty = kind == ExportStream.BEGIN || kind == ExportStream.END;
    if (left < 0 || (empty && left > 0)) {
      throw new IOException("an export with a frame of " + left + " bytes");
    }
    switch (kind) {
      case ExportStream.BEGIN -> {
        closeFile();
        for (String each : NAMES) {
          Files.deleteIfExists(partial.resolve(each));
        }
      }
      case ExportStream.FILE -> {
        if (left < 1 || left > MAX_NAME_BYTES) {
          throw new IOException("an export with a file name of " + left + " bytes");
        }
        name = ByteBuffer.allocate(left);
      }
      case ExportStream.CONTENT -> {
        if (file == null) {
          throw new IOException("an export with content of no file");
        }
      }
      case ExportStream.END -> {
        closeFile();
        complete = true;
      }
      default -> throw new IOException("an export with a frame of the kind " + kind);
    }
  }

  private int content(byte[] bytes, int at, int end) throws IOException {
    int taken = Math.min(left, end - at);
    left -= taken;
    if (kind == ExportStream.FILE) {
      name.put(bytes, at, taken);
      if (left == 0) {
        open(new String(name.array(), StandardCharsets.UTF_8));
      }
    } else if (file != null) {
      file.write(bytes, at, taken);
    }
    return taken;
  }

  private void open(String name) throws IOException {
    if (!NAMES.contains(name)) {
      throw new IOException("an export with a file called " + name);
    }
    closeFile();
    file = new BufferedOutputStream(Files.newOutputStream(partial.resolve(name)), BUFFER_BYTES);
  }

  private void closeFile() throws IOException {
    OutputStream open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }

  /**
   * Puts the folder in its place, once the task is done.
   *
   * @throws IOException if something is missing, or something has come to be in that place
   */
  public void finish() throws IOException {
    if (!complete) {
      throw new IOException("the export to " + target + " ended before all was there");
    }
    for (String each : NAMES) {
      if (Files.exists(partial.resolve(each))) {
        sync(partial.resolve(each), StandardOpenOption.WRITE);
      }
    }
    sync(partial, StandardOpenOption.READ);
    requireAbsent(target);
    try {
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(partial, target);
    }
  }

  private static void sync(Path path, StandardOpenOption how) throws IOException {
    try (FileChannel channel = FileChannel.open(path, how)) {
      channel.force(true);
    }
  }

  /** Removes what was written if it is not in its place. */
  @Override
  public void close() throws IOException {
    closeFile();
    if (Files.exists(partial)) {
      try (Stream<Path> all = Files.walk(partial)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(each);
        }
      }
    }
  }
}
