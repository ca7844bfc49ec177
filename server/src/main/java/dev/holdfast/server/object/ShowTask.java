// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import dev.holdfast.engine.inspect.DatabaseReader;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Tells what an object has stored: its entries, and what its database consists of. */
final class ShowTask extends ObjectTask {
  private static final int LIMIT = 100;

  /** How long counting rows may take. */
  private static final Duration COUNTING = Duration.ofSeconds(10);

  @Override
  public String name() {
    return "object-show";
  }

  @Override
  void perform(Job job, OutputStream out) throws IOException, InterruptedException {
    ObjectRef object = job.object();
    Generation at = job.at(object);
    Optional<String> key = job.request().find(Arguments.KEY);
    Optional<String> prefix = job.request().find(Arguments.PREFIX);
    ScanRange range =
        key.isPresent() ? ShownEntries.key(key.get()) : ShownEntries.prefix(prefix.orElse(""));
    boolean database = key.isEmpty() && prefix.isEmpty();
    try (Scratch scratch = Scratch.open(job.scratch())) {
      // Spooled, since it may turn out to be no one moment.
      Path spool = scratch.file("entries");
      DatabaseCopy copy = new DatabaseCopy(job.store(), object, scratch);
      job.reading()
          .<Object>read(
              object,
              at,
              (view, end) -> {
                try (OutputStream entries =
                    new BufferedOutputStream(Files.newOutputStream(spool))) {
                  head(job, object, end, entries);
                  entries(job, object, range, view, entries);
                }
                if (database) {
                  copy.make(view);
                }
                return end;
              });
      Files.copy(spool, out);
      if (copy.bytes() > 0) {
        database(job, copy, out);
      } else if (database && !job.json()) {
        TextTable.print(out, "no SQL database");
      }
    }
  }

  private static void head(Job job, ObjectRef object, Generation end, OutputStream out)
      throws IOException {
    String bookmark = Job.bookmark(object, end).toString();
    Instant since = Instant.ofEpochSecond(end.second());
    if (job.json()) {
      JsonLine.write(
          out,
          json -> {
            json.writeStringProperty("kind", "object");
            json.writeStringProperty("namespace", object.namespace());
            json.writeStringProperty("id", object.id().toString());
            object.id().name().ifPresent(name -> json.writeStringProperty("name", name));
            json.writeStringProperty("bookmark", bookmark);
            json.writeStringProperty("second", since.toString());
          });
    } else {
      TextTable.print(out, "%s, id %s".formatted(Cell.text(object.toString()), object.id()));
      TextTable.print(
          out, end.equals(Generation.NONE) ? "before it existed" : "at the end of " + since);
    }
  }

  private static void entries(
      Job job, ObjectRef object, ScanRange range, View view, OutputStream out)
      throws IOException, InterruptedException {
    boolean key = job.request().find(Arguments.KEY).isPresent();
    int limit = job.limit(LIMIT);
    int[] count = new int[1];
    boolean more =
        ShownEntries.read(
            job.store(),
            object,
            range,
            view,
            limit,
            (name, value) -> {
              count[0]++;
              if (job.json()) {
                ShownEntries.writeJson(out, name, value);
              } else {
                ShownEntries.print(out, name, value, key);
              }
            });
    if (!job.json() && count[0] == 0) {
      TextTable.print(out, key ? "no such key" : "no entries");
    }
    if (!job.json() && more) {
      TextTable.print(out, "there are more: raise --limit, or narrow with --prefix");
    }
  }

  private static void database(Job job, DatabaseCopy copy, OutputStream out)
      throws IOException, InterruptedException {
    try (DatabaseReader reader = new DatabaseReader(copy.file(), COUNTING)) {
      if (job.json()) {
        for (DatabaseReader.Part part : reader.parts()) {
          JsonLine.write(
              out,
              json -> {
                json.writeStringProperty("kind", part.kind());
                json.writeStringProperty("name", part.name());
                json.writeStringProperty("sql", part.sql());
                if (part.rows() >= 0) {
                  json.writeNumberProperty("rows", part.rows());
                }
              });
        }
        return;
      }
      TextTable.print(out, "SQL database, %d bytes".formatted(copy.bytes()));
      TextTable table = new TextTable(out, "KIND", "NAME", "ROWS", "SQL");
      for (DatabaseReader.Part part : reader.parts()) {
        String rows = !part.kind().equals("table") ? "" : part.rows() < 0 ? "?" : "" + part.rows();
        table.row(part.kind(), Cell.text(part.name()), rows, Cell.text(part.sql()));
      }
      table.end();
    }
  }
}
