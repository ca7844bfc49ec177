// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.app;

import dev.holdfast.Holdfast;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves rooms with a node as it is by default. */
@Command(name = "room-server", mixinStandardHelpOptions = true)
public final class RoomServer implements Callable<Integer> {
  @Option(names = "--port", required = true)
  private int port;

  @Option(names = "--data", required = true, description = "directory of the store")
  private Path data = Path.of("");

  private RoomServer() {}

  public static void main(String[] args) {
    int exit = new CommandLine(new RoomServer()).execute(args);
    if (exit != 0) {
      System.exit(exit);
    }
  }

  /** Returns once it serves; the event loops keep the process alive. */
  @Override
  public Integer call() {
    var _ =
        Holdfast.builder()
            .object("Room", Room.class, RoomObject::new)
            .worker(RoomWorker::new)
            .data(data)
            .port(port)
            .start();
    return 0;
  }
}
