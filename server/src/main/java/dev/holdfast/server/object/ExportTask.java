// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import dev.holdfast.engine.inspect.StoredDatabase;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.View;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;

/**
 * Tells all that an object has stored, as the files of an {@link ExportStream}: what object it is,
 * its entries, its database.
 */
final class ExportTask extends ObjectTask {
  private static final int BUFFER_BYTES = 256 << 10;

  @Override
  public String name() {
    return "object-export";
  }

  @Override
  void perform(Job job, OutputStream out) throws IOException, InterruptedException {
    ObjectRef object = job.object();
    Generation at = job.at(object);
    ExportStream stream = new ExportStream(out);
    job.reading()
        .<Object>read(
            object,
            at,
            (view, end) -> {
              stream.begin();
              export(job, object, view, end, stream);
              return end;
            });
    stream.end();
  }

  private static void export(
      Job job, ObjectRef object, View view, Generation end, ExportStream stream)
      throws IOException, InterruptedException {
    long bytes = StoredDatabase.bytes(job.store(), object, view);
    try (OutputStream file = file(stream, ExportStream.ABOUT)) {
      JsonLine.write(
          file,
          json -> {
            json.writeStringProperty("format", "holdfast object 1");
            json.writeStringProperty("namespace", object.namespace());
            json.writeStringProperty("id", object.id().toString());
            object.id().name().ifPresent(name -> json.writeStringProperty("name", name));
            json.writeStringProperty("bookmark", Job.bookmark(object, end).toString());
            json.writeStringProperty("second", Instant.ofEpochSecond(end.second()).toString());
            json.writeNumberProperty("databaseBytes", bytes);
          });
    }
    try (OutputStream file = file(stream, ExportStream.ENTRIES)) {
      for (EntryKind kind : new EntryKind[] {EntryKind.USER, EntryKind.ALARM}) {
        boolean _ =
            ShownEntries.read(
                job.store(),
                object,
                ShownEntries.data(kind),
                view,
                Integer.MAX_VALUE,
                (key, value) -> ShownEntries.writeJson(file, key, value));
      }
    }
    if (bytes > 0) {
      try (OutputStream file = file(stream, ExportStream.DATABASE)) {
        long _ = StoredDatabase.write(job.store(), object, view, file);
      }
    }
  }

  private static OutputStream file(ExportStream stream, String name) throws IOException {
    return new BufferedOutputStream(stream.file(name), BUFFER_BYTES);
  }
}
