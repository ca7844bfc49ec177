// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import dev.holdfast.engine.codec.CborText;
import dev.holdfast.store.DirectoryEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/** Tells which namespaces there are, or which objects a namespace has. */
final class ListTask extends ObjectTask {
  private static final int LIMIT = 1_000;

  @Override
  public String name() {
    return "object-list";
  }

  @Override
  void perform(Job job, OutputStream out) throws IOException {
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
    int limit = job.limit(LIMIT);
    String prefix = job.request().find(Arguments.PREFIX).orElse(null);
    List<DirectoryEntry> objects =
        job.finder()
            .list(namespace.get(), prefix, job.request().find(Arguments.AFTER).orElse(null), limit);
    if (job.json()) {
      for (DirectoryEntry object : objects) {
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
      return;
    }
    TextTable table = new TextTable(out, "ID", "CREATED", size("SIZE"), "NAME");
    for (DirectoryEntry object : objects) {
      table.row(
          object.id().toString(),
          object.created().toString(),
          size(Bytes.rounded(object.bytes())),
          object.id().name().map(CborText::quoted).orElse("-"));
    }
    table.end();
    if (objects.size() == limit) {
      DirectoryEntry last = objects.getLast();
      TextTable.print(
          out,
          "there may be more: go on with --after "
              + (prefix == null
                  ? last.id().toString()
                  : CborText.quoted(last.id().name().orElse(""))));
    }
  }

  /** One below the other, units under units. */
  private static String size(String text) {
    return "%10s".formatted(text);
  }
}
