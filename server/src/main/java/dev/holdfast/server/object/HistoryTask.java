// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import dev.holdfast.Bookmark;
import dev.holdfast.engine.history.KeptState;
import dev.holdfast.store.ObjectRef;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/** Tells which states of an object are kept, latest first. */
final class HistoryTask extends ObjectTask {
  private static final int LIMIT = 50;

  @Override
  public String name() {
    return "object-history";
  }

  @Override
  void perform(Job job, OutputStream out) throws IOException {
    ObjectRef object = job.object();
    int limit = job.limit(LIMIT);
    Optional<Bookmark> before = job.request().find(Arguments.BEFORE).map(Bookmark::parse);
    if (before.isPresent() && !before.get().isOf(object.id())) {
      throw new IllegalArgumentException(
          "%s: expected one of its bookmarks, found one of another object: %s"
              .formatted(object, before.get()));
    }
    List<KeptState> states = job.states(object).list(before.orElse(null), limit);
    if (job.json()) {
      for (KeptState state : states) {
        JsonLine.write(
            out,
            json -> {
              json.writeStringProperty("bookmark", state.bookmark().toString());
              json.writeStringProperty("since", state.since().toString());
              json.writeStringProperty("keptUntil", state.until().toString());
              json.writeBooleanProperty("handedOut", state.handedOut());
              json.writeBooleanProperty("present", state.present());
            });
      }
      return;
    }
    TextTable table = new TextTable(out, "SINCE", "KEPT UNTIL", "AS", "BOOKMARK");
    for (KeptState state : states) {
      table.row(
          state.since().toString(),
          state.present() ? "(present)" : state.until().toString(),
          state.handedOut() ? "handed out" : "moment",
          state.bookmark().toString());
    }
    table.end();
    if (states.size() == limit) {
      TextTable.print(out, "there may be more: go on with --before " + states.getLast().bookmark());
    }
  }
}
