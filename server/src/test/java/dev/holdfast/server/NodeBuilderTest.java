// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.DurableObject;
import dev.holdfast.Holdfast;
import dev.holdfast.ObjectContext;
import dev.holdfast.Response;
import dev.holdfast.SleepReason;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeBuilderTest {
  @TempDir private Path data;

  /** What callers of a tally see. */
  public interface Tally {
    long add(long by);
  }

  static final class TallyObject extends DurableObject implements Tally {
    TallyObject(ObjectContext ctx) {
      super(ctx);
    }

    @Override
    public long add(long by) {
      long sum = storage().get("sum", Long.class).orElse(0L) + by;
      storage().put("sum", sum);
      return sum;
    }
  }

  static final class SleepyObject extends DurableObject implements Tally {
    SleepyObject(ObjectContext ctx) {
      super(ctx);
    }

    @Override
    public long add(long by) {
      return storage().get("before sleep", Long.class).orElse(0L) + by;
    }

    @Override
    protected void beforeSleep(SleepReason reason) {
      storage().put("before sleep", 1_000L);
    }
  }

  @Test
  void a_node_keeps_what_was_written_over_http_across_a_restart() throws Exception {
    try (Holdfast node = start()) {
      assertThat(get(node, "/a")).isEqualTo("1");
      assertThat(get(node, "/a")).isEqualTo("2");
      assertThat(node.objects(Tally.class).getByName("a").add(10)).isEqualTo(12);
    }
    try (Holdfast node = start()) {
      assertThat(get(node, "/a")).isEqualTo("13");
      assertThat(get(node, "/b")).isEqualTo("1");
    }
  }

  @Test
  void a_node_without_a_worker_has_no_port() {
    try (Holdfast node =
        Holdfast.builder().object("Tally", Tally.class, TallyObject::new).data(data).start()) {
      assertThat(node.port()).isEqualTo(-1);
      assertThat(node.objects("Tally", Tally.class).getByName("a").add(1)).isEqualTo(1);
    }
  }

  @Test
  void close_keeps_what_objects_write_when_they_are_put_to_sleep() {
    Holdfast.Builder sleepy =
        Holdfast.builder().object("Sleepy", Tally.class, SleepyObject::new).data(data);
    try (Holdfast node = sleepy.start()) {
      assertThat(node.objects(Tally.class).getByName("a").add(1)).isEqualTo(1);
    }
    try (Holdfast node = sleepy.start()) {
      assertThat(node.objects(Tally.class).getByName("a").add(1)).isEqualTo(1_001);
    }
  }

  @Test
  void close_twice_is_harmless() {
    Holdfast node = start();
    node.close();
    node.close();
  }

  @Test
  void start_lists_every_mistake_at_once() {
    Holdfast.Builder builder =
        Holdfast.builder()
            .object("Tally", Tally.class, TallyObject::new)
            .object("Tally", Tally.class, TallyObject::new)
            .object("no spaces", Tally.class, TallyObject::new)
            .object("Class", TallyObject.class, TallyObject::new)
            .worker(_ -> _ -> Response.text(""))
            .worker(_ -> _ -> Response.text(""))
            .port(65_536);

    assertThatThrownBy(builder::start)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            """
            the node cannot start:
              namespace "Tally" is registered twice; give each object class a namespace of its own
              namespace "no spaces": expected 1 to 64 letters, digits, - or _, found ' ' at\
             character 3; choose another name
              namespace "Class": dev.holdfast.server.NodeBuilderTest$TallyObject is not an\
             interface; register the interface that callers see
              a worker is registered twice; a node serves one, call worker(…) once
              no data directory; say where objects are kept with data(Path.of("data"))
              port 65536 is not in 0 to 65535; use 0 for any free one""");
  }

  @Test
  void start_with_nothing_to_run_says_so() {
    assertThatThrownBy(() -> Holdfast.builder().data(data).start())
        .hasMessage(
            "the node cannot start:\n  nothing to run; register an object class or a worker");
  }

  @Test
  void start_that_fails_leaves_the_data_directory_free() {
    Holdfast.Builder failing =
        Holdfast.builder()
            .object("Tally", Tally.class, TallyObject::new)
            .worker(
                _ -> {
                  throw new IllegalStateException("no such table");
                })
            .data(data);

    assertThatThrownBy(failing::start).hasMessage("no such table");
    start().close();
  }

  private Holdfast start() {
    return Holdfast.builder()
        .object("Tally", Tally.class, TallyObject::new)
        .worker(
            env ->
                request ->
                    Response.text(
                        env.objects(Tally.class).getByName(request.url().segment(0)).add(1)))
        .data(data)
        .port(0)
        .start();
  }

  private static String get(Holdfast node, String path) throws Exception {
    URI uri = URI.create("http://localhost:" + node.port() + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  @Test
  void a_renamed_namespace_has_its_data_and_one_without_a_class_keeps_it() {
    try (Holdfast node =
        Holdfast.builder().object("Old", Tally.class, TallyObject::new).data(data).start()) {
      assertThat(node.objects(Tally.class).getByName("a").add(1)).isEqualTo(1);
    }
    try (Holdfast node =
        Holdfast.builder().object("Other", Tally.class, TallyObject::new).data(data).start()) {
      assertThatThrownBy(() -> node.objects("Old", Tally.class))
          .hasMessageContaining("namespace Old has objects and no class");
    }
    for (int start = 0; start < 2; start++) {
      try (Holdfast node =
          Holdfast.builder()
              .object("New", Tally.class, TallyObject::new)
              .renamed("Old", "New")
              .data(data)
              .start()) {
        assertThat(node.objects(Tally.class).getByName("a").add(1)).isEqualTo(2 + start);
      }
    }
  }

  @Test
  void renaming_what_has_no_class_is_told() {
    assertThatThrownBy(
            () ->
                Holdfast.builder()
                    .object("Tally", Tally.class, TallyObject::new)
                    .renamed("Old", "New")
                    .renamed("Older", "New")
                    .renamed("no good", "Tally")
                    .data(data)
                    .start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("namespace \"New\" is renamed, but has no class")
        .hasMessageContaining("namespace \"New\" is renamed twice")
        .hasMessageContaining("no good");
  }
}
