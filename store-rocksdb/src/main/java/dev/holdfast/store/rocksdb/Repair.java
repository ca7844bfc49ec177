// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the files of a closed database right before RocksDB opens it, as an {@link Inspection} found
 * necessary. Nothing that could be read is thrown away: what is in the way goes to the folder for
 * damaged files.
 */
final class Repair {
  private static final Logger LOG = LoggerFactory.getLogger(Repair.class);

  private final StoreLayout layout;
  private final Inspection inspection;

  Repair(StoreLayout layout, Inspection inspection) {
    this.layout = layout;
    this.inspection = inspection;
  }

  /**
   * Puts aside, once a loss is accepted, the data files that the manifest does not name: RocksDB
   * deletes such files, and a manifest that is damaged names fewer than there were. Without any
   * manifest RocksDB makes a new database, so then everything goes out of its way.
   *
   * <p>Goes before all else that a loss calls for: after it an inspection still finds the loss.
   */
  void makeRoom() throws IOException {
    Manifest manifest = inspection.manifest();
    if (manifest == null || manifest.ending().tail() == LogFile.Tail.DAMAGED) {
      for (Path copy : StoreLayout.manifests(layout.mirror())) {
        keepCopy(copy);
      }
    }
    Files.createDirectories(layout.database());
    if (manifest == null) {
      for (Path file : StoreLayout.list(layout.database(), "*")) {
        if (Files.isRegularFile(file)) {
          setAside(file);
        }
      }
    } else {
      Set<Path> named =
          manifest.files().stream()
              .map(file -> layout.dataFile(file.number()))
              .collect(Collectors.toSet());
      for (Path file : StoreLayout.list(layout.database(), "*.sst")) {
        if (!named.contains(file)) {
          setAside(file);
        }
      }
    }
    if (Files.exists(layout.damaged())) {
      StoreLayout.syncFolder(layout.damaged());
    }
    StoreLayout.syncFolder(layout.database());
    StoreLayout.syncFolder(layout.directory());
  }

  /** Puts the manifest and CURRENT right, and cuts off what was never confirmed. */
  void mend() throws IOException {
    Manifest manifest = inspection.manifest();
    Path source = inspection.manifestSource();
    Path target = inspection.manifestTarget();
    if (manifest == null || source == null || target == null) {
      return;
    }
    if (!source.equals(target)) {
      LOG.warn(
          "{} cannot be read whole; its copy {} takes its place",
          layout.name(target),
          layout.name(source));
      if (Files.exists(target)) {
        setAside(target);
      }
      StoreLayout.replace(target, Files.readAllBytes(source));
    }
    boolean lossy = !inspection.losses().isEmpty();
    if (lossy && manifest.ending().tail() == LogFile.Tail.DAMAGED) {
      keepCopy(target);
    }
    cut(target, manifest.ending().intactBytes());
    String current = target.getFileName() + "\n";
    if (!Files.exists(layout.current())
        || !Files.readString(layout.current(), StandardCharsets.ISO_8859_1).equals(current)) {
      LOG.warn("{} is put right, to name {}", layout.name(layout.current()), layout.name(target));
      StoreLayout.replace(layout.current(), current.getBytes(StandardCharsets.ISO_8859_1));
    }
    LogChain logs = inspection.logs();
    if (logs.end() != null && !lossy) {
      cut(logs.end(), logs.endBytes());
    }
    StoreLayout.syncFolder(layout.database());
  }

  /** Gives up what is lost, so that the rest can be opened. */
  void giveUp() throws IOException {
    LogChain logs = inspection.logs();
    for (Path log : logs.beyond()) {
      setAside(log);
    }
    if (logs.end() != null && logs.endsEarly()) {
      keepCopy(logs.end());
      cut(logs.end(), logs.endBytes());
    }
    Path target = inspection.manifestTarget();
    for (Manifest.DataFile file : inspection.lostFiles()) {
      Path path = layout.dataFile(file.number());
      if (Files.exists(path)) {
        setAside(path);
      }
      if (target != null) {
        long size = Files.size(target);
        byte[] edit = LogFile.framed(size, Manifest.deletion(file));
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.wrap(edit), size);
          channel.force(true);
        }
      }
    }
    StoreLayout.syncFolder(layout.database());
  }

  /** Cuts off what is behind the good bytes of a file. */
  private void cut(Path file, long bytes) throws IOException {
    long size = Files.size(file);
    if (size > bytes) {
      LOG.info("{} is cut to the {} bytes that are whole records", layout.name(file), bytes);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(bytes);
        channel.force(true);
      }
    }
  }

  private void setAside(Path file) throws IOException {
    Files.createDirectories(layout.damaged());
    Path aside = freeName(file);
    LOG.warn("{} is put aside as {}", layout.name(file), layout.name(aside));
    Files.move(file, aside);
  }

  private void keepCopy(Path file) throws IOException {
    Files.createDirectories(layout.damaged());
    Files.copy(file, freeName(file));
  }

  /** Where a file can lie among the damaged ones without taking the place of another. */
  private Path freeName(Path file) {
    Path free = layout.damaged().resolve(file.getFileName());
    for (int i = 1; Files.exists(free); i++) {
      free = layout.damaged().resolve(file.getFileName() + "." + i);
    }
    return free;
  }
}
