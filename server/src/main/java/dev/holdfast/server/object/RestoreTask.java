// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import dev.holdfast.Bookmark;
import dev.holdfast.server.control.ControlException;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;

/** Makes an object what it was, and tells the bookmark that undoes it. */
final class RestoreTask extends ObjectTask {

  @Override
  public String name() {
    return "object-restore";
  }

  @Override
  void perform(Job job, OutputStream out) throws IOException {
    ObjectRef object = job.object();
    job.request().require(Arguments.AT);
    Generation to = job.atOrNow(object);
    Bookmark undo;
    try {
      undo = job.interventions().restore(object, to);
    } catch (IllegalStateException e) {
      throw new ControlException(String.valueOf(e.getMessage()));
    }
    Instant second = Instant.ofEpochSecond(to.second());
    if (job.json()) {
      JsonLine.write(
          out,
          json -> {
            json.writeStringProperty("restored", Job.bookmark(object, to).toString());
            json.writeStringProperty("undo", undo.toString());
          });
    } else {
      TextTable.print(
          out, "%s is as it was at the end of %s".formatted(Cell.text(object.toString()), second));
      TextTable.print(out, "what undoes that, for seven days: --to " + undo);
    }
  }
}
