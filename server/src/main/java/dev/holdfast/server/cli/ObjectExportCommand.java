// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import dev.holdfast.server.control.ControlException;
import dev.holdfast.server.object.Arguments;
import dev.holdfast.server.object.ExportFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code holdfast object export}. */
@Command(
    name = "export",
    description = {
      "Write all that an object has stored, now or at a moment, into a new folder.",
      "object.json says what object it is, entries.jsonl has its entries, an object of JSON a line,"
          + " and database.sqlite is its database, which any SQLite opens."
    },
    sortOptions = false)
final class ObjectExportCommand extends ObjectCommand.OneObject {
  @Option(
      names = "--to",
      paramLabel = "DIR",
      required = true,
      description = "The folder to make, which must not exist.")
  private Path to = Path.of("");

  @Option(
      names = "--at",
      paramLabel = "MOMENT",
      description =
          "A bookmark, a time such as 2026-03-01T12:00:00Z, or how long ago, such as 10m"
              + " (default: the last durable state).")
  private @Nullable String at;

  ObjectExportCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws InterruptedException {
    try (ExportFolder folder = ExportFolder.create(to)) {
      write(with(request("object-export"), Arguments.AT, at), folder);
      folder.finish();
    } catch (FileAlreadyExistsException e) {
      throw new ControlException("cannot export to %s: %s".formatted(to, e.getReason()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot export to " + to, e);
    }
    surroundings().out().println("exported to " + to);
    surroundings().out().flush();
    return 0;
  }
}
