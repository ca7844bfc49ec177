// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import dev.holdfast.server.control.ControlException;
import dev.holdfast.server.object.ExportFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Mixin private ObjectCommand.AtOption at = new ObjectCommand.AtOption();

  ObjectExportCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws InterruptedException {
    try (ExportFolder folder = ExportFolder.create(to)) {
      write(at.in(request("object-export")), folder);
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
