// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import dev.holdfast.server.control.ControlException;
import dev.holdfast.store.DirectoryEntry;
import dev.holdfast.store.ObjectRef;
import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalLong;

/**
 * Deletes an object wholly, its past included, and tells how much that was; or, as long as it is
 * not confirmed, only tells what would be deleted.
 */
final class DeleteTask extends ObjectTask {

  @Override
  public String name() {
    return "object-delete";
  }

  @Override
  void perform(Job job, OutputStream out) throws IOException {
    ObjectRef object = job.object();
    if (job.request().find(Arguments.CONFIRMED).isEmpty()) {
      tell(job, object, out);
      return;
    }
    OptionalLong bytes;
    try {
      bytes = job.interventions().delete(object);
    } catch (IllegalStateException e) {
      throw new ControlException(String.valueOf(e.getMessage()));
    }
    long deleted = bytes.orElseThrow(() -> gone(object));
    if (job.json()) {
      JsonLine.write(
          out,
          json -> {
            json.writeStringProperty("id", object.id().toString());
            object.id().name().ifPresent(name -> json.writeStringProperty("name", name));
            json.writeNumberProperty("bytes", deleted);
          });
    } else {
      TextTable.print(
          out,
          "%s, id %s, is deleted with its history: %s"
              .formatted(Cell.text(object.toString()), object.id(), Bytes.exact(deleted)));
    }
  }

  private static void tell(Job job, ObjectRef object, OutputStream out) throws IOException {
    DirectoryEntry entry = job.store().directory().find(object);
    if (entry == null) {
      throw gone(object);
    }
    TextTable.print(
        out,
        "%s, id %s, %s, created %s, last written %s"
            .formatted(
                Cell.text(object.toString()),
                object.id(),
                Bytes.exact(entry.bytes()),
                entry.created(),
                entry.written()));
  }

  /** It was there a moment ago. */
  private static ControlException gone(ObjectRef object) {
    return new ControlException(
        "%s does not exist any more: something else has deleted it meanwhile".formatted(object));
  }
}
