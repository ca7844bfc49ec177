// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a backup consists of: the file {@value #NAME} in it, which is written last. Without a whole
 * one a folder is no backup. Immutable.
 *
 * <p>It is text, and its lines of checksums are what {@code sha256sum -c} reads. The last line is
 * the checksum of all before it.
 *
 * @param takenAt when the backup was begun
 * @param files what belongs to it, by name
 */
record BackupManifest(Instant takenAt, List<Part> files) {
  static final String NAME = "backup.sha256";

  /** The format of backups that this code writes, and the newest that it reads. */
  static final int FORMAT = 1;

  /** Bounds what is read of a file that may be anything: a line has some 100 bytes. */
  private static final long MAX_BYTES = 256L << 20;

  private static final String HEAD = "# Holdfast backup, format ";
  private static final Pattern TAKEN = Pattern.compile("# taken (\\S+)");
  private static final Pattern SIZE = Pattern.compile("# (\\d{1,18}) bytes");

  /** Names are what a data directory has, so that none leads out of it. */
  private static final Pattern CHECKSUM =
      Pattern.compile("([0-9a-f]{64})  (mark|mirror/namespaces|rocksdb/[A-Za-z0-9_-][\\w.-]*)");

  private static final Pattern END = Pattern.compile("# end ([0-9a-f]{64})");

  /**
   * A file of a backup.
   *
   * @param name its path in the backup and in the data directory, with slashes
   * @param bytes its size
   * @param checksum its SHA-256, in hex digits
   */
  record Part(String name, long bytes, String checksum) {}

  BackupManifest {
    files = List.copyOf(files);
  }

  /** How many bytes the files have. */
  long bytes() {
    return files.stream().mapToLong(Part::bytes).sum();
  }

  /** Writes it, on disk. */
  void write(Path folder) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(HEAD).append(FORMAT).append('\n');
    text.append("# taken ").append(takenAt).append('\n');
    for (Part file : files) {
      text.append("# ").append(file.bytes()).append(" bytes\n");
      text.append(file.checksum()).append("  ").append(file.name()).append('\n');
    }
    String end = CheckedCopy.checksum(text.toString().getBytes(StandardCharsets.UTF_8));
    text.append("# end ").append(end).append('\n');
    StoreLayout.replace(folder.resolve(NAME), text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads the manifest of a backup.
   *
   * @throws StorageException if the folder is no backup, or one that cannot be relied on
   */
  static BackupManifest read(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      throw noBackup(folder);
    }
    if (Files.size(file) > MAX_BYTES) {
      throw refusal(folder, NAME + " is damaged: it has " + Files.size(file) + " bytes");
    }
    return parse(folder, Files.readString(file, StandardCharsets.ISO_8859_1));
  }

  private static StorageException noBackup(Path folder) {
    String found;
    if (!Files.exists(folder)) {
      found = "there is no such folder";
    } else if (!Files.isDirectory(folder)) {
      found = "it is a file";
    } else if (RocksStore.isStore(folder)) {
      found =
          "it has no file "
              + NAME
              + "; it is a data directory, or a backup that was not finished or has lost that file";
    } else {
      found = "it has no file " + NAME;
    }
    return new StorageException(
        folder + " is not a backup: " + found + "; name a folder that holdfast backup has made",
        Outcome.NOT_APPLIED,
        false,
        null);
  }

  /** A backup that cannot be relied on. */
  static StorageException refusal(Path folder, String fault) {
    return new StorageException(
        "the backup "
            + folder
            + " cannot be restored: "
            + fault
            + "; nothing was changed, use another backup, or another copy of this one",
        Outcome.NOT_APPLIED,
        false,
        null);
  }

  private static BackupManifest parse(Path folder, String text) {
    if (!text.startsWith(HEAD)) {
      throw refusal(folder, NAME + " is damaged: it does not begin with \"" + HEAD.strip() + "\"");
    }
    int lastLine = text.lastIndexOf("# end ");
    Matcher end = END.matcher(lastLine < 0 ? "" : text.substring(lastLine).stripTrailing());
    if (!end.matches()
        || !text.endsWith(end.group() + "\n")
        || !end.group(1)
            .equals(
                CheckedCopy.checksum(
                    text.substring(0, lastLine).getBytes(StandardCharsets.ISO_8859_1)))) {
      throw refusal(folder, NAME + " is damaged: its last line is not the checksum of those above");
    }
    // From here on it is what somebody wrote who knew the format.
    List<String> lines = text.substring(0, lastLine).lines().toList();
    String format = lines.getFirst().substring(HEAD.length());
    if (!format.equals(Integer.toString(FORMAT))) {
      throw refusal(
          folder,
          "it has the format %s, and this version of Holdfast reads format %d; run the version that"
                  .formatted(format, FORMAT)
              + " made it, or a newer one");
    }
    return parse(folder, lines);
  }

  private static BackupManifest parse(Path folder, List<String> lines) {
    try {
      Matcher taken = TAKEN.matcher(lines.get(1));
      List<Part> files = new ArrayList<>();
      boolean sound = taken.matches() && lines.size() % 2 == 0;
      for (int i = 2; i < lines.size() && sound; i += 2) {
        Matcher size = SIZE.matcher(lines.get(i));
        Matcher checksum = CHECKSUM.matcher(lines.get(i + 1));
        sound = size.matches() && checksum.matches();
        if (sound) {
          files.add(new Part(checksum.group(2), Long.parseLong(size.group(1)), checksum.group(1)));
        }
      }
      List<String> names = files.stream().map(Part::name).toList();
      if (sound && names.contains("mark") && names.contains("rocksdb/CURRENT")) {
        return new BackupManifest(Instant.parse(taken.group(1)), files);
      }
    } catch (DateTimeException | IndexOutOfBoundsException e) {
      // Told below, with all else that is no manifest.
    }
    throw refusal(folder, NAME + " does not describe a store");
  }

  /**
   * Compares all files with the manifest.
   *
   * @throws StorageException naming the first that is not what it was
   */
  void verify(Path folder) throws IOException {
    // Sizes first: they cost nothing.
    for (Part file : files) {
      Path path = folder.resolve(file.name());
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        throw refusal(
            folder,
            file.name()
                + (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                    ? " is not a file"
                    : " is missing"));
      }
      if (Files.size(path) != file.bytes()) {
        throw refusal(
            folder,
            "%s has %d bytes instead of %d".formatted(file.name(), Files.size(path), file.bytes()));
      }
    }
    for (Part file : files) {
      requireEqual(folder, file, CheckedCopy.checksum(folder.resolve(file.name())));
    }
  }

  /** Refuses a file whose checksum is not the right one. */
  static void requireEqual(Path folder, Part file, String found) {
    if (!found.equals(file.checksum())) {
      throw refusal(
          folder,
          "%s is damaged: its SHA-256 is %s instead of %s"
              .formatted(file.name(), found, file.checksum()));
    }
  }
}
