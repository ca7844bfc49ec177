// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the files of a store lie in its data directory.
 *
 * @param directory the data directory
 */
record StoreLayout(Path directory) {
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

  /** All manifests in a folder, latest last. */
  static List<Path> manifests(Path folder) throws IOException {
    return list(folder, "MANIFEST-[0-9]*");
  }

  private static List<Path> list(Path folder, String pattern) throws IOException {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
        files.forEach(found::add);
      }
    }
    found.sort(null);
    return found;
  }

  /** Waits until the names in a folder are on disk. */
  static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
