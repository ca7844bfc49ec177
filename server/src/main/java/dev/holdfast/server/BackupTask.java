// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.server.control.ControlRequest;
import dev.holdfast.server.control.ControlTask;
import dev.holdfast.server.control.Workplace;
import dev.holdfast.store.rocksdb.BackupReport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Backs up the whole store while it is in use, and says what the backup holds. */
final class BackupTask implements ControlTask {
  private static final String NAME = "backup";
  private static final String TARGET = "target";

  /** Asks for a backup. */
  static ControlRequest request(Path target) {
    return ControlRequest.of(NAME).with(TARGET, target.toAbsolutePath().toString());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void perform(Workplace place, ControlRequest request, OutputStream out)
      throws IOException {
    BackupReport report = place.backup(Path.of(request.require(TARGET)));
    out.write(
        "backed up %s to %s: %s, with all that was confirmed by %s%n"
            .formatted(
                place.data().toAbsolutePath(),
                report.folder(),
                Tasks.size(report),
                report.takenAt())
            .getBytes(StandardCharsets.UTF_8));
  }
}
