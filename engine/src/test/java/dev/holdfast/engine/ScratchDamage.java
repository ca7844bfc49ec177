// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What may happen to a folder of scratch files, in particular while no engine uses it. */
final class ScratchDamage {
  private static final int PAGE_BYTES = 4096;

  private final Random random;
  private final Path attic;
  private final List<Path> copies = new ArrayList<>();

  /**
   * @param attic where copies are kept
   */
  ScratchDamage(Random random, Path attic) {
    this.random = random;
    this.attic = attic;
  }

  /** All files of a folder and below, which may come and go meanwhile. */
  static List<Path> files(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    while (true) {
      try (Stream<Path> all = Files.walk(folder)) {
        return all.filter(Files::isRegularFile).sorted().toList();
      } catch (UncheckedIOException e) {
        if (!(e.getCause() instanceof NoSuchFileException)) {
          throw e;
        }
      }
    }
  }

  /** Removes a folder. */
  static void remove(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(each);
        }
      }
    }
  }

  /** Copies a folder, which may be in use; what vanishes meanwhile is left out. */
  static void copy(Path from, Path to) throws IOException {
    for (Path file : files(from)) {
      copyFile(file, to.resolve(from.relativize(file).toString()));
    }
  }

  private static void copyFile(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try {
      Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
    } catch (NoSuchFileException e) {
      Files.deleteIfExists(to);
    }
  }

  /** Keeps a copy of what is there now, to put parts of it back later. */
  void remember(Path folder) throws IOException {
    Path copy = attic.resolve("copy" + copies.size());
    copy(folder, copy);
    copies.add(copy);
  }

  /** Does something to a folder that no engine uses. */
  void damage(Path folder) throws IOException {
    switch (random.nextInt(6)) {
      case 0 -> remove(folder);
      case 1 -> putBack(folder);
      case 2, 3 -> {
        for (Path file : files(folder)) {
          if (random.nextBoolean()) {
            damageFile(file);
          }
        }
      }
      default -> {
        // It is kept.
      }
    }
  }

  /** Removes or cuts off files without a log, while an engine uses the folder. */
  void damageClosed(Path folder) throws IOException {
    for (Path file : files(folder)) {
      Path log = file.resolveSibling(file.getFileName() + "-wal");
      if (file.toString().endsWith(".db") && !Files.exists(log) && random.nextBoolean()) {
        Files.deleteIfExists(file);
        if (random.nextBoolean()) {
          Files.write(file, new byte[random.nextInt(3) * PAGE_BYTES]);
        }
      }
    }
  }

  private void putBack(Path folder) throws IOException {
    if (copies.isEmpty()) {
      return;
    }
    Path copy = copies.get(random.nextInt(copies.size()));
    String end = List.of("", ".mark", ".db", "-wal").get(random.nextInt(4));
    for (Path file : files(copy)) {
      if (file.toString().endsWith(end)) {
        copyFile(file, folder.resolve(copy.relativize(file).toString()));
      }
    }
  }

  private void damageFile(Path file) throws IOException {
    switch (random.nextInt(4)) {
      case 0 -> Files.delete(file);
      case 1 -> truncate(file);
      case 2 -> overwrite(file);
      default -> {
        if (file.toString().endsWith(".db")) {
          byte[] noise = new byte[20_000];
          random.nextBytes(noise);
          Files.write(file.resolveSibling(file.getFileName() + "-wal"), noise);
        }
      }
    }
  }

  private void truncate(Path file) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(open.length() * random.nextInt(10) / 10);
    }
    touched(file);
  }

  private void overwrite(Path file) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      long pages = open.length() / PAGE_BYTES;
      if (pages > 0) {
        open.seek(random.nextLong(pages) * PAGE_BYTES);
      }
      byte[] noise = new byte[(int) Math.min(open.length(), PAGE_BYTES)];
      random.nextBytes(noise);
      open.write(noise);
    }
    touched(file);
  }

  /** The clock of a file system may stand still for so long. */
  private static void touched(Path file) throws IOException {
    FileTime written = Files.getLastModifiedTime(file);
    Files.setLastModifiedTime(file, FileTime.fromMillis(written.toMillis() + 10));
  }
}
