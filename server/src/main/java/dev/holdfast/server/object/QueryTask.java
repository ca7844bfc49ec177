// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import dev.holdfast.engine.inspect.DatabaseReader;
import dev.holdfast.server.control.ControlException;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Runs a query on a copy of an object's database, at some moment. */
final class QueryTask extends ObjectTask {
  private static final int LIMIT = 1_000;
  private static final int SECONDS = 10;

  @Override
  public String name() {
    return "object-query";
  }

  @Override
  void perform(Job job, OutputStream out) throws IOException, InterruptedException {
    ObjectRef object = job.object();
    Generation at = job.at(object);
    String sql = job.request().require(Arguments.SQL);
    Duration work = Duration.ofSeconds(job.number(Arguments.SECONDS, SECONDS));
    try (Scratch scratch = Scratch.open(job.scratch())) {
      DatabaseCopy copy = new DatabaseCopy(job.store(), object, scratch);
      job.reading()
          .<Object>read(
              object,
              at,
              (view, end) -> {
                copy.make(view);
                return end;
              });
      if (copy.bytes() == 0) {
        throw new ControlException(object + " has no SQL database at that moment");
      }
      try (DatabaseReader reader = new DatabaseReader(copy.file(), work)) {
        int limit = job.limit(LIMIT);
        reader.query(sql, job.json() ? new JsonRows(out, limit) : new TableRows(out, limit));
      }
    }
  }

  /** For people. */
  private static final class TableRows implements DatabaseReader.Rows {
    private final OutputStream out;
    private final int limit;
    private @Nullable TextTable table;
    private int count;

    TableRows(OutputStream out, int limit) {
      this.out = out;
      this.limit = limit;
    }

    @Override
    public void columns(List<String> names) {
      table = new TextTable(out, names.stream().map(Cell::text).toList());
    }

    @Override
    public boolean row(List<@Nullable Object> values) throws IOException {
      TextTable rows = table();
      if (count == limit) {
        rows.end();
        TextTable.print(out, "there are more rows: raise --limit, or narrow the query");
        return false;
      }
      count++;
      rows.row(values.stream().map(Cell::of).toList());
      return true;
    }

    @Override
    public void end() throws IOException {
      table().end();
    }

    private TextTable table() {
      TextTable known = table;
      if (known == null) {
        throw new IllegalStateException("a row came before the columns");
      }
      return known;
    }
  }

  /** For programs. */
  private static final class JsonRows implements DatabaseReader.Rows {
    private final OutputStream out;
    private final int limit;
    private List<String> names = List.of();
    private int count;

    JsonRows(OutputStream out, int limit) {
      this.out = out;
      this.limit = limit;
    }

    /** Two columns of one name get a number. */
    @Override
    public void columns(List<String> columns) {
      Set<String> seen = new HashSet<>();
      List<String> unique = new ArrayList<>();
      for (String column : columns) {
        String name = column;
        for (int i = 2; !seen.add(name); i++) {
          name = column + ":" + i;
        }
        unique.add(name);
      }
      names = unique;
    }

    @Override
    public boolean row(List<@Nullable Object> values) throws IOException {
      if (count++ == limit) {
        return false;
      }
      JsonLine.write(
          out,
          json -> {
            for (int i = 0; i < names.size(); i++) {
              json.writeName(names.get(i));
              write(values.get(i), json);
            }
          });
      return true;
    }

    @Override
    public void end() {}

    private static void write(@Nullable Object value, JsonGenerator json) {
      switch (value) {
        case null -> json.writeNull();
        case Long number -> json.writeNumber(number);
        case Double number when Double.isFinite(number) -> json.writeNumber(number);
        case byte[] bytes ->
            json.writeString(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        case Double _ -> json.writeNull();
        default -> json.writeString(value.toString());
      }
    }
  }
}
