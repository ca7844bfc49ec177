// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks through the files of a closed database, changing nothing, and tells what of the confirmed
 * commits cannot be read any more, and what has to be put right before RocksDB opens it. It goes
 * before RocksDB's own checks because those miss some damage, name no file for other, and by the
 * time they fail RocksDB may have removed what it believes to be garbage.
 *
 * <p>In this order: the manifest, which says what the other files are; the data files; the logs.
 */
final class Inspection {
  /**
   * What must be there.
   *
   * @param sequence the sequence number of the last confirmed write
   * @param log the number of the log that it went to
   */
  record Confirmed(long sequence, long log) {}

  /**
   * Confirmed commits that cannot be read any more.
   *
   * @param file the file they were in
   * @param how what is wrong with it
   * @param firstSequence the first sequence number that is lost; 0 if that is not known
   */
  record Loss(Path file, String how, long firstSequence) {}

  private final StoreLayout layout;
  private final Confirmed confirmed;
  private final List<Loss> losses = new ArrayList<>();
  private final List<Manifest.DataFile> lostFiles = new ArrayList<>();
  private @Nullable Path manifestSource;
  private @Nullable Path manifestTarget;
  private @Nullable Manifest manifest;
  private LogChain logs;

  /**
   * Begins an inspection.
   *
   * @param confirmed what must be there
   */
  private Inspection(StoreLayout layout, Confirmed confirmed) {
    this.layout = layout;
    this.confirmed = confirmed;
    this.logs = LogChain.NONE;
  }

  /**
   * Inspects a database.
   *
   * @param confirmed what must be there
   * @param checksums which data files to read through
   */
  static Inspection of(StoreLayout layout, Confirmed confirmed, Checksums checksums)
      throws IOException {
    Inspection inspection = new Inspection(layout, confirmed);
    Manifest found = inspection.chooseManifest();
    if (found != null) {
      inspection.inspectDataFiles(found, checksums);
      inspection.logs = LogChain.inspect(layout, found, confirmed, inspection.losses);
    }
    return inspection;
  }

  /**
   * Which data files an inspection reads through.
   *
   * @param bytes how many bytes of the newest ones
   * @param suspects the numbers of others
   * @param sound the numbers of those that were read through before; gets those that are now
   */
  record Checksums(long bytes, Set<Long> suspects, Set<Long> sound) {}

  /** What is lost; empty if all that was confirmed is there. */
  List<Loss> losses() {
    return losses;
  }

  /** Data files that are missing or damaged. */
  List<Manifest.DataFile> lostFiles() {
    return lostFiles;
  }

  /** The manifest to go by; null if there is none, which is a loss of all. */
  @Nullable Manifest manifest() {
    return manifest;
  }

  /** Where the manifest was read; null if there is none. */
  @Nullable Path manifestSource() {
    return manifestSource;
  }

  /** Where RocksDB is to find the manifest; null if there is none. */
  @Nullable Path manifestTarget() {
    return manifestTarget;
  }

  /** The logs. */
  LogChain logs() {
    return logs;
  }

  /**
   * The manifest that CURRENT names, if all of it can be read; else the mirror's copy, if that is
   * whole; else, with a loss, what can be read of the former, or of the latter.
   */
  private @Nullable Manifest chooseManifest() throws IOException {
    List<Path> mirrors = StoreLayout.manifests(layout.mirror());
    Path mirror = mirrors.isEmpty() ? null : mirrors.getLast();
    Path named = named(mirror);
    Manifest original = named == null ? null : Manifest.read(named);
    Manifest copy = mirror == null ? null : Manifest.read(mirror);
    String fault = original == null ? "is missing" : fault(original, named, copy, mirror);
    if (fault == null) {
      return use(original, named, named);
    }
    Path copied =
        mirror == null ? layout.current() : layout.database().resolve(mirror.getFileName());
    String copyFault = copy == null ? "is missing" : fault(copy);
    if (copyFault == null) {
      return use(copy, mirror, copied);
    }
    losses.add(
        new Loss(
            named == null ? copied : named,
            fault,
            original == null ? 0 : original.flushedSequence() + 1));
    if (mirror != null) {
      losses.add(new Loss(mirror, copyFault, 0));
    }
    if (original != null && original.isUsable()) {
      return use(original, named, named);
    }
    return copy != null && copy.isUsable() ? use(copy, mirror, copied) : null;
  }

  private @Nullable Manifest use(
      @Nullable Manifest found, @Nullable Path source, @Nullable Path target) {
    manifest = found;
    manifestSource = source;
    manifestTarget = target;
    return found;
  }

  /** The manifest that is in use, as far as that can be told. */
  private @Nullable Path named(@Nullable Path mirror) throws IOException {
    if (Files.isRegularFile(layout.current())) {
      String text = Files.readString(layout.current(), StandardCharsets.ISO_8859_1);
      String name = text.strip();
      if (text.endsWith("\n") && name.matches("MANIFEST-[0-9]+")) {
        Path file = layout.database().resolve(name);
        if (Files.isRegularFile(file)) {
          return file;
        }
      }
    }
    if (mirror != null) {
      Path original = layout.database().resolve(mirror.getFileName());
      if (Files.isRegularFile(original)) {
        return original;
      }
    }
    List<Path> all = StoreLayout.manifests(layout.database());
    return all.isEmpty() ? null : all.getLast();
  }

  /** What is wrong with a manifest; null if it is whole as far as can be known. */
  private static @Nullable String fault(
      Manifest original, @Nullable Path file, @Nullable Manifest copy, @Nullable Path mirror) {
    LogFile.Ending ending = original.ending();
    String fault = fault(original);
    if (fault != null) {
      return fault;
    }
    if (copy != null
        && file != null
        && mirror != null
        && file.getFileName().equals(mirror.getFileName())
        && ending.intactBytes() < copy.ending().intactBytes()) {
      return "ends at byte "
          + ending.intactBytes()
          + ", before byte "
          + copy.ending().intactBytes()
          + ", up to which it was complete";
    }
    return null;
  }

  /** What is wrong with a manifest by itself. */
  private static @Nullable String fault(Manifest manifest) {
    LogFile.Ending ending = manifest.ending();
    if (ending.tail() == LogFile.Tail.DAMAGED) {
      return "is damaged at byte " + ending.intactBytes() + ": " + ending.reason();
    }
    return manifest.isUsable()
        ? null
        : "can be read up to byte "
            + ending.intactBytes()
            + " only, where it has not yet said what the database is";
  }

  private void inspectDataFiles(Manifest found, Checksums checksums) throws IOException {
    List<Manifest.DataFile> newestFirst = new ArrayList<>(found.files());
    newestFirst.sort(Comparator.comparingLong(Manifest.DataFile::number).reversed());
    long readable = checksums.bytes();
    for (Manifest.DataFile file : newestFirst) {
      Path path = layout.dataFile(file.number());
      String fault = null;
      if (!Files.isRegularFile(path)) {
        fault = "is missing";
      } else if (Files.size(path) != file.size()) {
        fault = "has " + Files.size(path) + " bytes instead of " + file.size();
      } else if (!checksums.sound().contains(file.number())
          && (file.size() <= readable || checksums.suspects().contains(file.number()))) {
        readable -= file.size();
        fault = Verification.fault(path);
        if (fault == null) {
          checksums.sound().add(file.number());
        }
      }
      if (fault != null) {
        lostFiles.add(file);
        losses.add(new Loss(path, fault, Math.max(1, file.firstSequence())));
      }
    }
  }

  /** Says what is lost, and what to do. */
  String describe() {
    StringBuilder text = new StringBuilder();
    text.append("the store in ")
        .append(layout.directory())
        .append(" has lost confirmed commits (it confirmed all up to sequence number ")
        .append(confirmed.sequence())
        .append("):");
    for (Loss loss : losses) {
      text.append(' ').append(layout.name(loss.file())).append(' ').append(loss.how());
      if (loss.firstSequence() > 0) {
        text.append(", lost from sequence number ").append(loss.firstSequence());
      }
      text.append(';');
    }
    return text.append(
            " restore a backup, or start with --accept-loss to go on with what was committed before"
                + " the damage")
        .toString();
  }
}
