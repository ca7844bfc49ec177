// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import dev.holdfast.ObjectId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once through what earlier processes have left in a scratch folder, behind those who use it:
 * what is not marked is removed, and what is counts as closed from then on.
 */
final class Leftovers {
  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

  private final ScratchFolder folder;
  private final FileRegister register;
  private final Thread thread;
  private volatile boolean stopped;

  Leftovers(ScratchFolder folder, FileRegister register) {
    this.folder = folder;
    this.register = register;
    this.thread =
        Thread.ofPlatform().daemon().name("scratch files of before").unstarted(this::look);
  }

  /** A marked file. */
  private record Left(ObjectId id, long bytes, FileTime written) {}

  void start() {
    thread.start();
  }

  /** When this returns nothing is touched any more. */
  void stop() {
    stopped = true;
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    List<Left> marked = new ArrayList<>();
    try (DirectoryStream<Path> shards =
        Files.newDirectoryStream(folder.root(), Files::isDirectory)) {
      for (Path shard : shards) {
        look(shard, marked);
      }
    } catch (IOException | DirectoryIteratorException e) {
      log.warn("{} cannot be looked through; files of before may be left there", folder.root(), e);
    }
    marked.sort(Comparator.comparing(Left::written).reversed());
    for (Left each : marked) {
      register.left(each.id, each.bytes);
    }
    folder.makeRoom();
  }

  private void look(Path shard, List<Left> marked) throws IOException {
    Map<String, List<Path>> byObject = new HashMap<>();
    boolean past = shard.endsWith(ScratchFolder.PAST);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(shard)) {
      for (Path file : files) {
        if (past) {
          removePast(file);
          continue;
        }
        String name = String.valueOf(file.getFileName());
        byObject
            .computeIfAbsent(
                name.substring(0, Math.max(0, name.indexOf('.'))), _ -> new ArrayList<>())
            .add(file);
      }
    } catch (NoSuchFileException e) {
      return;
    }
    for (Map.Entry<String, List<Path>> each : byObject.entrySet()) {
      if (stopped) {
        return;
      }
      look(each.getKey(), each.getValue(), marked);
    }
  }

  private void removePast(Path file) {
    Path database = ScratchFolder.database(file);
    if (database != null && register.use(database)) {
      ScratchFolder.delete(file);
      folder.release(database);
    }
  }

  private void look(String name, List<Path> files, List<Left> marked) throws IOException {
    ObjectId id = id(name);
    if (id == null) {
      return;
    }
    long bytes = 0;
    FileTime written = FileTime.fromMillis(0);
    boolean says = false;
    for (Path file : files) {
      try {
        long size = Files.size(file);
        if (ScratchFolder.database(file) == null) {
          says |= size > 0;
        } else {
          bytes += size;
          written = Files.getLastModifiedTime(file);
        }
      } catch (NoSuchFileException e) {
        // It was removed meanwhile.
      }
    }
    if (says) {
      marked.add(new Left(id, bytes, written));
    } else {
      remove(id, files);
    }
  }

  private static @Nullable ObjectId id(String name) {
    if (name.length() != 2 * ObjectId.BYTES) {
      return null; // No file of ours.
    }
    try {
      return ObjectId.of(HexFormat.of().parseHex(name), null);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private void remove(ObjectId id, List<Path> files) {
    boolean used = false;
    List<Path> marks = new ArrayList<>();
    for (Path file : files) {
      Path database = ScratchFolder.database(file);
      if (database == null) {
        marks.add(file);
      } else if (register.useStray(id, database)) {
        ScratchFolder.delete(file);
        folder.release(database);
      } else {
        used = true;
      }
    }
    if (!used) {
      marks.forEach(ScratchFolder::delete);
    }
  }
}
