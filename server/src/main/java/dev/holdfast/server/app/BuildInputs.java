// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map.Entry;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What files were like at a moment: path, size and time of each. Compared as a whole, so that a
 * file removed or put back with an older time counts as a change too. Immutable.
 *
 * @param files size and time, by path
 */
public record BuildInputs(SortedMap<Path, String> files) {
  private static final Set<String> SKIPPED = Set.of("target", "node_modules");

  /** A file in a record: its path, its size and its time. */
  private static final Pattern LINE = Pattern.compile("(.+) (\\d+ -?\\d+)");

  private static final int FINGERPRINT_BYTES = 8;

  public BuildInputs {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /**
   * The inputs among the files below {@code roots}; folders that are hidden or hold outputs are
   * skipped, roots that do not exist are empty. A root may be a link; links below it stand for
   * themselves.
   *
   * @throws UncheckedIOException if they cannot be listed
   */
  public static BuildInputs below(List<Path> roots, Predicate<Path> included) {
    SortedMap<Path, String> files = new TreeMap<>();
    for (Path root : roots) {
      if (Files.exists(root)) {
        collect(root, included, files);
      }
    }
    return new BuildInputs(files);
  }

  /** These and others. */
  public BuildInputs and(BuildInputs others) {
    SortedMap<Path, String> all = new TreeMap<>(files);
    all.putAll(others.files);
    return new BuildInputs(all);
  }

  /** The files that are new, gone or different, compared with an earlier moment. */
  public List<Path> changesSince(BuildInputs earlier) {
    return Stream.concat(files.keySet().stream(), earlier.files.keySet().stream())
        .distinct()
        .filter(file -> !Objects.equals(files.get(file), earlier.files.get(file)))
        .sorted()
        .toList();
  }

  /** As {@link #changesSince(BuildInputs)} those that were written down; none if none were. */
  List<Path> changesSince(Path record) {
    try {
      if (!Files.exists(record)) {
        return List.of();
      }
      SortedMap<Path, String> earlier = new TreeMap<>();
      for (String line : Files.readAllLines(record)) {
        Matcher file = LINE.matcher(line);
        if (file.matches()) {
          earlier.put(Path.of(file.group(1)), file.group(2));
        }
      }
      return changesSince(new BuildInputs(earlier));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + record, e);
    }
  }

  /** Stands for these inputs and the JDK in the name of a file: 16 hexadecimal digits. */
  String fingerprint() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, FINGERPRINT_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Whether these are the inputs that {@code record} was written for, with this JDK. */
  boolean match(Path record) {
    try {
      return Files.exists(record) && Files.readString(record).equals(text());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + record, e);
    }
  }

  /** Writes them down; call it when the build is done. */
  void write(Path record) {
    try {
      Files.writeString(record, text());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + record, e);
    }
  }

  private String text() {
    StringBuilder text = new StringBuilder("jdk " + Runtime.version() + "\n");
    for (Entry<Path, String> file : files.entrySet()) {
      text.append(file.getKey()).append(' ').append(file.getValue()).append('\n');
    }
    return text.toString();
  }

  private static void collect(Path root, Predicate<Path> included, SortedMap<Path, String> files) {
    try {
      Path real = root.toRealPath();
      Files.walkFileTree(
          real,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              String name = String.valueOf(folder.getFileName());
              boolean skip =
                  !folder.equals(real) && (name.startsWith(".") || SKIPPED.contains(name));
              return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              Path path = file.equals(real) ? root : root.resolve(real.relativize(file));
              if (included.test(path)) {
                long modified = attributes.lastModifiedTime().toMillis();
                files.put(path, attributes.size() + " " + modified);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure)
                throws IOException {
              if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE; // removed meanwhile
              }
              throw failure;
            }
          });
    } catch (NoSuchFileException e) {
      // The root was removed meanwhile.
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + root, e);
    }
  }
}
