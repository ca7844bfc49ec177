// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.StorageException;
import dev.holdfast.server.control.ControlClient;
import dev.holdfast.server.control.ControlException;
import dev.holdfast.server.control.ControlRequest;
import dev.holdfast.server.control.ControlTask;
import dev.holdfast.server.control.NodeBusyException;
import dev.holdfast.server.control.StoreAlone;
import dev.holdfast.server.object.ObjectTask;
import dev.holdfast.store.rocksdb.BackupReport;
import dev.holdfast.store.rocksdb.RocksStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the command line can do to the data of a node, whether one runs or not. */
public final class Tasks {
  /** How long a node may be starting, or have too much to do, or another command be at it. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration AGAIN = Duration.ofMillis(50);

  private Tasks() {}

  /** All there are. */
  static List<ControlTask> all() {
    List<ControlTask> all = new ArrayList<>(ObjectTask.all());
    all.add(new BackupTask());
    return List.copyOf(all);
  }

  /**
   * Asks for a backup of the whole store, taken while it is in use.
   *
   * @param target a folder that is not there yet, in one that is
   */
  public static ControlRequest backup(Path target) {
    return BackupTask.request(target);
  }

  /**
   * Makes a data directory of a backup. Needs no node, and none may run there.
   *
   * @param data a folder that is not there, or empty
   * @return for people, what was done
   * @throws dev.holdfast.StorageException if the backup is damaged or none, or the data directory
   *     holds something; nothing is changed then
   */
  public static String restore(Path backup, Path data) {
    BackupReport report = RocksStore.restore(backup, data);
    return "restored %s into %s: %s, as it was at %s; start the node when you are ready"
        .formatted(backup, report.folder(), size(report), report.takenAt());
  }

  /** What a backup takes, for people. */
  static String size(BackupReport report) {
    return String.format(
        Locale.ROOT, "%d files, %.1f MiB", report.files(), report.bytes() / (double) (1 << 20));
  }

  /**
   * Whether a directory holds the data of a node, in whatever condition; or may hold it, since this
   * user cannot look into it.
   */
  public static boolean isStore(Path data) {
    return RocksStore.isStore(data) || isClosed(data);
  }

  private static boolean isClosed(Path data) {
    return Files.isDirectory(data) && !Files.isExecutable(data);
  }

  /**
   * Has a task performed: by the node that runs over the data directory, else here, over the store
   * opened for it, if this process runs as the user whose store it is. Waits some seconds for who
   * is at it.
   *
   * @param options of the node that keeps its data there
   * @param out gets what the task writes
   * @throws ControlException if it could not be performed
   * @throws IllegalArgumentException if the request is wrong
   * @throws dev.holdfast.HoldfastException if it could not be performed
   * @throws IOException if a file cannot be read or written, or {@code out} fails
   */
  public static void perform(NodeOptions options, ControlRequest request, OutputStream out)
      throws IOException, InterruptedException {
    Path data = options.data();
    requireReadable(data);
    if (!isStore(data)) {
      throw new ControlException(
          "there is no store in %s; expected the data directory of a node, name it with --data"
              .formatted(data));
    }
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      boolean last = System.nanoTime() - end > 0;
      Optional<ControlClient> node = ControlClient.connect(data);
      if (node.isPresent()) {
        try (ControlClient client = node.get()) {
          client.perform(request, out);
          return;
        } catch (NodeBusyException e) {
          if (last) {
            throw e;
          }
        }
      } else {
        requireOwner(data);
        RocksStore store = open(options, last);
        if (store != null) {
          try (store) {
            task(request).perform(new StoreAlone(data, store), request, out);
          }
          return;
        }
      }
      Thread.sleep(AGAIN);
    }
  }

  /** The store; null if somebody has it and may let go of it before {@code last}. */
  private static @Nullable RocksStore open(NodeOptions options, boolean last) {
    try {
      return RocksStore.open(options.data(), options.store());
    } catch (StorageException e) {
      if (!RocksStore.isInUse(e)) {
        throw e;
      }
      if (!last) {
        return null;
      }
      throw new ControlException(
          e.getMessage()
              + "; it takes no commands: it may be another command, whose output waits to be read,"
              + " or a node that is starting or stopping, or whose log says why");
    }
  }

  /** Data directories are for their owners alone; to others they look as if nothing was in them. */
  private static void requireReadable(Path data) throws IOException {
    if (isClosed(data)) {
      throw new ControlException(
          "no permission to look into the data directory %s; run this as the user that the node runs as, as with sudo -u %s"
              .formatted(data, Files.getOwner(data).getName()));
    }
  }

  /** What another user makes in a data directory keeps the node from starting. */
  private static void requireOwner(Path data) throws IOException {
    Optional<String> owner = RocksStore.otherOwner(data);
    if (owner.isPresent()) {
      throw new ControlException(
          "no node takes commands from this user in %s, and its store belongs to the user %s: files of"
                  .formatted(data, owner.get())
              + " another user there would keep the node from starting; run this as that user, as"
              + " with sudo -u %s, or start the node first".formatted(owner.get()));
    }
  }

  private static ControlTask task(ControlRequest request) {
    Predicate<ControlTask> asked = task -> task.name().equals(request.task());
    return all().stream()
        .filter(asked)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no task " + request.task()));
  }
}
