// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import dev.holdfast.Bookmark;
import dev.holdfast.DurableObject;
import dev.holdfast.History;
import dev.holdfast.ObjectContext;
import dev.holdfast.Past;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The object of docs/history.md. */
public final class DraftObject extends DurableObject implements Draft {
  public DraftObject(ObjectContext ctx) {
    super(ctx);
    sql().migrate("CREATE TABLE title (text TEXT NOT NULL)");
  }

  @Override
  public void write(String text) {
    storage().put("text", text);
    sql().exec("INSERT INTO title VALUES (?)", text);
  }

  @Override
  public String text() {
    return storage().get("text", String.class).orElse("");
  }

  // docs: history-mark
  @Override
  public String mark() {
    Bookmark now = storage().history().current(); // before anything is written in this turn
    return now.toString();
  }

  @Override
  public String textAt(String bookmark) {
    Past then = storage().history().view(Bookmark.parse(bookmark));
    return then.get("text", String.class).orElse("");
  }

  @Override
  public List<String> titlesThen(String bookmark) {
    Past then = storage().history().view(Bookmark.parse(bookmark));
    return then.query("SELECT text FROM title ORDER BY rowid").list(String.class);
  }

  // end docs

  // docs: history-at
  @Override
  public String textAt(Instant time) {
    History history = storage().history();
    Past then = history.view(history.at(time));
    return then.get("text", String.class).orElse("");
  }

  // end docs

  // docs: history-restore
  @Override
  public String goBack(String bookmark) {
    Bookmark undo = storage().history().restoreOnRestart(Bookmark.parse(bookmark));
    ctx().schedule(Duration.ZERO, () -> ctx().abort("to go back to " + bookmark));
    return undo.toString();
  }

  // end docs

  // docs: history-import
  @Override
  public void replaceAll(List<String> texts) {
    Bookmark before = storage().history().current();
    for (String text : texts) {
      write(text);
      storage().sync(); // each is a commit of its own
      if (text.isEmpty()) {
        storage().history().restoreOnRestart(before);
        storage().sync(); // the wish is a write too, and abort drops what is not durable
        ctx().abort("there is an empty text");
      }
    }
  }
  // end docs
}
