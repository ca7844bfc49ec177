// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import dev.holdfast.engine.codec.CborText;
import dev.holdfast.store.DirectoryEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells which namespaces there are, or which objects a namespace has. */
final class ListTask extends ObjectTask {
  private static final int LIMIT = 1_000;

  /** How many are in memory at once. */
  private static final int PAGE = 1_000;

  @Override
  public String name() {
    return "object-list";
  }

  @Override
  void perform(Job job, OutputStream out) throws IOException, InterruptedException {
    Optional<String> namespace = job.request().find(Arguments.NAMESPACE);
    if (namespace.isEmpty()) {
      for (String name : job.finder().namespaces()) {
        if (job.json()) {
          JsonLine.write(out, json -> json.writeStringProperty("namespace", name));
        } else {
          TextTable.print(out, name);
        }
      }
      return;
    }
    String prefix = job.request().find(Arguments.PREFIX).orElse(null);
    String after = job.request().find(Arguments.AFTER).orElse(null);
    TextTable table = new TextTable(out, "ID", "CREATED", size("SIZE"), "NAME");
    int left = job.limit(LIMIT);
    boolean more = true;
    while (more && left > 0) {
      if (Thread.interrupted()) {
        throw new InterruptedException("listing was ended");
      }
      int page = Math.min(left, PAGE);
      List<DirectoryEntry> objects = job.finder().list(namespace.get(), prefix, after, page);
      for (DirectoryEntry object : objects) {
        if (job.json()) {
          writeJson(out, object);
        } else {
          row(table, object);
        }
      }
      more = objects.size() == page;
      left -= objects.size();
      after = more ? place(objects.getLast(), prefix) : after;
    }
    if (!job.json()) {
      table.end();
      if (more) {
        TextTable.print(
            out,
            "there may be more: go on with --after "
                + (prefix == null ? after : CborText.quoted(String.valueOf(after))));
      }
    }
  }

  /** By what those behind an object are asked for. */
  private static String place(DirectoryEntry last, @Nullable String prefix) {
    return prefix == null ? last.id().toString() : last.id().name().orElse("");
  }

  private static void writeJson(OutputStream out, DirectoryEntry object) throws IOException {
    JsonLine.write(
        out,
        json -> {
          json.writeStringProperty("id", object.id().toString());
          object.id().name().ifPresent(name -> json.writeStringProperty("name", name));
          json.writeStringProperty("created", object.created().toString());
          json.writeStringProperty("written", object.written().toString());
          json.writeNumberProperty("bytes", object.bytes());
        });
  }

  private static void row(TextTable table, DirectoryEntry object) throws IOException {
    table.row(
        object.id().toString(),
        object.created().toString(),
        size(Bytes.rounded(object.bytes())),
        object.id().name().map(CborText::quoted).orElse("-"));
  }

  /** One below the other, units under units. */
  private static String size(String text) {
    return "%10s".formatted(text);
  }
}
