// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import dev.holdfast.Bookmark;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.NodeClock;
import dev.holdfast.engine.call.Interventions;
import dev.holdfast.engine.history.KeptStates;
import dev.holdfast.engine.history.SteadyReading;
import dev.holdfast.engine.inspect.NotFoundException;
import dev.holdfast.engine.inspect.ObjectFinder;
import dev.holdfast.engine.sql.SqlOptions;
import dev.holdfast.engine.sql.SqlRuntime;
import dev.holdfast.engine.state.StateLimits;
import dev.holdfast.server.control.ControlException;
import dev.holdfast.server.control.ControlRequest;
import dev.holdfast.server.control.ControlTask;
import dev.holdfast.server.control.Workplace;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A task about objects. */
public abstract class ObjectTask implements ControlTask {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MAX_LIMIT = 1_000_000_000;

  /** All that there are. */
  public static List<ControlTask> all() {
    return List.of(
        new ListTask(),
        new HistoryTask(),
        new ShowTask(),
        new QueryTask(),
        new RestoreTask(),
        new ForkTask(),
        new DeleteTask(),
        new ExportTask());
  }

  @Override
  public final void perform(Workplace place, ControlRequest request, OutputStream out)
      throws IOException, InterruptedException {
    OutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
    try {
      perform(new Job(place, request), buffered);
    } catch (NotFoundException e) {
      throw new ControlException(String.valueOf(e.getMessage()));
    }
    buffered.flush();
  }

  /**
   * Does it.
   *
   * @param out buffered; is flushed afterwards
   */
  abstract void perform(Job job, OutputStream out) throws IOException, InterruptedException;

  /** What is to be done, and what to. */
  record Job(Workplace place, ControlRequest request, Instant now) {
    Job(Workplace place, ControlRequest request) {
      this(place, request, NodeClock.system().now());
    }

    ObjectStore store() {
      return place.store();
    }

    ObjectFinder finder() {
      return new ObjectFinder(store());
    }

    SteadyReading reading() {
      return new SteadyReading(store(), NodeClock.system()::now);
    }

    /** The folder of scratch files of the node. */
    Path scratch() {
      return place.data().resolve("scratch");
    }

    String namespace() {
      return request.require(Arguments.NAMESPACE);
    }

    /** The object that it is about. */
    ObjectRef object() {
      return finder().find(namespace(), request.require(Arguments.OBJECT));
    }

    KeptStates states(ObjectRef object) {
      return new KeptStates(store(), object, now);
    }

    /** At the end of which generation the moment is that was named; null if none was. */
    @Nullable Generation at(ObjectRef object) {
      Optional<String> text = request.find(Arguments.AT);
      return text.isEmpty() ? null : Moment.parse(text.get(), states(object), now);
    }

    /** The same; the present if none was named. */
    Generation atOrNow(ObjectRef object) {
      Generation at = at(object);
      return at == null ? Generation.lastOfSecond(now.getEpochSecond()) : at;
    }

    static Bookmark bookmark(ObjectRef object, Generation end) {
      return Bookmark.of(end.packed(), object.id());
    }

    Interventions interventions() {
      Engine engine = place.engine();
      return engine == null
          ? new Interventions(_ -> null, store(), NodeClock.system(), this::forget)
          : engine.interventions();
    }

    /** An object was deleted over which no node runs: removes what one has left of it. */
    private void forget(ObjectRef object) {
      SqlOptions options = SqlOptions.DEFAULT.withScratch(scratch());
      try (SqlRuntime sql = new SqlRuntime(options, StateLimits.DEFAULT)) {
        sql.forget(object.id());
      }
    }

    boolean json() {
      return request.find(Arguments.JSON).isPresent();
    }

    /** The most to tell. */
    int limit(int otherwise) {
      return number(Arguments.LIMIT, otherwise);
    }

    int number(String name, int otherwise) {
      Optional<String> text = request.find(name);
      if (text.isEmpty()) {
        return otherwise;
      }
      try {
        int number = Integer.parseInt(text.get());
        if (number >= 1 && number <= MAX_LIMIT) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Told below, like one out of range.
      }
      throw new IllegalArgumentException(
          "%s: expected a number from 1 to %d, found %s".formatted(name, MAX_LIMIT, text.get()));
    }
  }
}
