// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import dev.holdfast.Bookmark;
import dev.holdfast.ObjectId;
import dev.holdfast.server.control.ControlException;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import java.io.IOException;
import java.io.OutputStream;

/** Makes a new object what another one was. */
final class ForkTask extends ObjectTask {

  @Override
  public String name() {
    return "object-fork";
  }

  @Override
  void perform(Job job, OutputStream out) throws IOException {
    ObjectRef source = job.object();
    String name = job.request().require(Arguments.NAME);
    ObjectId target = job.finder().idOfName(source.namespace(), name);
    Generation at = job.atOrNow(source);
    if (job.store().lastCommit(new ObjectRef(source.namespace(), target)) != null) {
      throw new ControlException(
          "%s/%s exists already; choose another name".formatted(source.namespace(), name));
    }
    Bookmark bookmark;
    try {
      // What is copied must be kept as long as that takes, also if it takes two attempts.
      bookmark = job.interventions().keep(source, at);
      job.interventions().fork(source, bookmark, target);
    } catch (IllegalStateException e) {
      throw new ControlException(String.valueOf(e.getMessage()));
    }
    if (job.json()) {
      JsonLine.write(
          out,
          json -> {
            json.writeStringProperty("id", target.toString());
            json.writeStringProperty("name", name);
            json.writeStringProperty("from", bookmark.toString());
          });
    } else {
      TextTable.print(
          out,
          "%s/%s, id %s, begins as %s at %s"
              .formatted(
                  source.namespace(),
                  Cell.text(name),
                  target,
                  Cell.text(source.toString()),
                  bookmark));
    }
  }
}
