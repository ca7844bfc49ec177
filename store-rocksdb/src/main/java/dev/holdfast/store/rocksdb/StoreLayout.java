// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where the files of a store lie in its data directory.
 *
 * @param directory the data directory
 */
record StoreLayout(Path directory) {
  /**
   * What an empty data directory may have, beside names that begin with a dot: what a disk has, and
   * what a first start leaves that is killed before it has made the mark file.
   */
  private static final Set<String> IN_EMPTY =
      Set.of("lost+found", "lock", "native", "mark.partial");

  /** Locked while the store is open; holds the process id. */
  Path lock() {
    return directory.resolve("lock");
  }

  /** The {@link MarkFile}. */
  Path mark() {
    return directory.resolve("mark");
  }

  /** RocksDB's own files. */
  Path database() {
    return directory.resolve("rocksdb");
  }

  /** The {@link ManifestMirror}. */
  Path mirror() {
    return directory.resolve("mirror");
  }

  /** The unpacked native library. */
  Path nativeLibrary() {
    return directory.resolve("native");
  }

  /** What was put out of the way when a loss was accepted. */
  Path damaged() {
    return directory.resolve("damaged");
  }

  /**
   * There from the moment at which a loss is accepted until what is left is consistent again; says
   * what was lost.
   */
  Path acceptedLoss() {
    return directory.resolve("accepted-loss");
  }

  /** Links to the database's files, while a backup is made of them. */
  Path checkpoint() {
    return directory.resolve("checkpoint");
  }

  /** There while a backup is restored into the directory, which is no store before that ends. */
  Path restoring() {
    return directory.resolve("restore.partial");
  }

  /** What a restore leaves of {@link #restoring}, if it is killed when the directory is a store. */
  Path restoreDone() {
    return directory.resolve("restore.done");
  }

  /** There from the end of a restore until the first epoch has begun. */
  Path restored() {
    return directory.resolve("restored");
  }

  Path current() {
    return database().resolve("CURRENT");
  }

  Path log(long number) {
    return database().resolve("%06d.log".formatted(number));
  }

  Path dataFile(long number) {
    return database().resolve("%06d.sst".formatted(number));
  }

  /** The file as an administrator finds it: relative to the data directory. */
  String name(Path file) {
    return directory.relativize(file).toString();
  }

  /**
   * The names of what is in the directory, but for what an empty one may have. A folder that is
   * under version control, or is a disk of its own, is seldom quite empty: what it has under names
   * that begin with a dot is in nobody's way, and stays.
   */
  List<String> content() throws IOException {
    return list(directory, "*").stream()
        .map(path -> path.getFileName().toString())
        .filter(name -> !name.startsWith(".") && !IN_EMPTY.contains(name))
        .toList();
  }

  /** The numbers of all logs that are there, ascending. */
  List<Long> logs() throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (Path file : list(database(), "*.log")) {
      String name = file.getFileName().toString();
      String number = name.substring(0, name.length() - ".log".length());
      if (number.chars().allMatch(c -> c >= '0' && c <= '9')) {
        numbers.add(Long.parseLong(number));
      }
    }
    numbers.sort(null);
    return numbers;
  }

  /** The number of the log that was begun last; 0 if there is none. */
  long latestLog() throws IOException {
    List<Long> logs = logs();
    return logs.isEmpty() ? 0 : logs.getLast();
  }

  /** All manifests in a folder, latest last. */
  static List<Path> manifests(Path folder) throws IOException {
    List<Path> found = list(folder, "MANIFEST-[0-9]*");
    found.removeIf(file -> !file.getFileName().toString().matches("MANIFEST-[0-9]{1,18}"));
    // Not by name: numbers have six digits, until they have seven.
    found.sort(Comparator.comparingLong(StoreLayout::number));
    return found;
  }

  private static long number(Path manifest) {
    return Long.parseLong(manifest.getFileName().toString().substring("MANIFEST-".length()));
  }

  /** What is in a folder and fits a pattern, by name; nothing if there is no such folder. */
  static List<Path> list(Path folder, String pattern) throws IOException {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
        files.forEach(found::add);
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }
    found.sort(null);
    return found;
  }

  /**
   * Makes a folder in one that is there. Only its owner can look into it, where the disk knows
   * permissions.
   */
  static void createPrivate(Path folder) throws IOException {
    Path parent = Objects.requireNonNull(folder.toAbsolutePath().getParent(), "it is not the root");
    Files.createDirectory(folder, ownerOnly(parent));
  }

  /** What keeps others from a folder that is made in this one; nothing if the disk cannot. */
  static FileAttribute<?>[] ownerOnly(Path parent) throws IOException {
    return knowsPermissions(parent)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Whether the disk of a folder knows who may look into what. */
  static boolean knowsPermissions(Path folder) throws IOException {
    return Files.getFileStore(folder).supportsFileAttributeView("posix");
  }

  /** Deletes a file, or a folder and what is in it, if it is there. */
  static void delete(Path folder) throws IOException {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> found = Files.walk(folder)) {
        for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
  }

  /** Deletes what is in a folder, but for what has one of these names. */
  static void clear(Path folder, String... kept) throws IOException {
    List<String> names = List.of(kept);
    for (Path path : list(folder, "*")) {
      if (!names.contains(path.getFileName().toString())) {
        delete(path);
      }
    }
  }

  /** Puts a file in place, whole and on disk, whatever was there; makes its folder if need be. */
  static void replace(Path file, byte[] content) throws IOException {
    Path folder = Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Path partial = folder.resolve(file.getFileName() + ".partial");
    try (FileChannel channel =
        FileChannel.open(
            partial,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncFolder(folder);
  }

  /** Waits until the names in a folder are on disk. */
  static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** The same where nothing could be given up any more: an interrupt is kept for later. */
  static void syncFolderUninterruptibly(Path folder) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          syncFolder(folder);
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
}
