// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Worker;
import dev.holdfast.server.app.AppFolder;
import dev.holdfast.server.app.Folders;
import dev.holdfast.server.config.AppConfig;
import dev.holdfast.server.config.Mode;
import dev.holdfast.server.config.Overrides;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An app whose files change while it is served. */
@Timeout(180)
class DevServerTest {
  private static final String ROOM = "src/room/RoomObject.java";
  private static final String WORKER = "src/room/RoomWorker.java";

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final StringWriter out = new StringWriter();
  private final CountDownLatch stop = new CountDownLatch(1);
  private @Nullable Thread watching;
  private @Nullable DevServer server;

  @BeforeEach
  void write_an_app_whose_rooms_count_what_their_members_say() {
    Folders.write(
        folder,
        "holdfast.toml",
        """
        name = "rooms"
        worker = "room.RoomWorker"

        [[object]]
        namespace = "Room"
        class = "room.RoomObject"
        """);
    Folders.write(folder, "src/room/Room.java", "package room; interface Room { long said(); }");
    Folders.write(
        folder,
        ROOM,
        """
        package room;

        import dev.holdfast.*;

        class RoomObject extends DurableObject implements Room {
          private long heard;

          RoomObject(ObjectContext ctx) {
            super(ctx);
          }

          @Override
          protected Response fetch(Request request) {
            return ctx().webSockets().accept(request);
          }

          public long said() {
            return storage().get("said", Long.class).orElse(0L);
          }

          @Override
          protected void webSocketMessage(WebSocket socket, WebSocketMessage message) {
            storage().put("said", said() + 1);
            heard++;
            socket.send("old " + said() + " " + heard);
          }
        }
        """);
    Folders.write(
        folder,
        WORKER,
        """
        package room;

        import dev.holdfast.*;

        class RoomWorker implements Worker {
          private final ObjectNamespace<Room> rooms;

          RoomWorker(Env env) {
            rooms = env.objects(Room.class);
          }

          @Override
          public Response fetch(Request request) throws Exception {
            if (request.header("Upgrade").equals(java.util.Optional.of("websocket"))) {
              return ObjectStub.of(rooms.getByName("a")).fetch(request);
            }
            return Response.html("old " + rooms.getByName("a").said());
          }
        }
        """);
  }

  @AfterEach
  void stop() throws Exception {
    stop.countDown();
    Thread thread = watching;
    if (thread != null) {
      thread.join();
    }
    http.close();
  }

  // ---------------------------------------------------------------- new code

  @Test
  void a_socket_outlives_new_code_and_the_object_begins_again_from_what_is_durable()
      throws Exception {
    serve();
    Member member = new Member(http, port());
    member.say("one");
    member.say("two");
    assertThat(member.hears()).isEqualTo("old 1 1");
    assertThat(member.hears()).isEqualTo("old 2 2");

    edit(ROOM, text -> text.replace("\"old \"", "\"new \""));
    awaitSaid("new code in place");

    member.say("three");
    assertThat(member.hears()).isEqualTo("new 3 1");
    assertThat(get()).startsWith("old 3");
  }

  @Test
  void what_is_said_and_asked_while_code_changes_is_answered_once_and_in_order() throws Exception {
    serve();
    Member member = new Member(http, port());
    int messages = 0;
    for (int change = 1; change <= 3; change++) {
      String name = "\"v" + change + " \"";
      edit(ROOM, text -> text.replaceFirst("send\\(\"\\w+ \"", "send(" + name));
      do {
        member.say("again");
        messages++;
        assertThat(get()).as("the worker is never out of reach").startsWith("old ");
      } while (count("new code in place") < change);
    }
    for (int number = 1; number <= messages; number++) {
      assertThat(member.hears().split(" ", -1)[1]).isEqualTo(String.valueOf(number));
    }
    assertThat(member.heard).isEmpty();
  }

  @Test
  void a_request_is_served_by_new_code() throws Exception {
    serve();
    assertThat(get()).startsWith("old 0");

    edit(WORKER, text -> text.replace("\"old \"", "\"new \""));
    awaitSaid("new code in place");

    assertThat(get()).startsWith("new 0");
    assertThat(said()).contains("RoomWorker.java");
  }

  @Test
  void what_maven_builds_is_put_in_place_too() throws Exception {
    Files.createDirectories(folder.resolve("src/main/java"));
    Files.move(folder.resolve("src/room"), folder.resolve("src/main/java/room"));
    Folders.write(folder, "pom.xml", "<project/>");
    Path maven =
        Folders.write(
            folder,
            "mvnw",
            """
            #!/bin/sh
            mkdir -p target/classes
            "$JAVA_HOME/bin/javac" -cp '%s' -d target/classes src/main/java/room/*.java || exit 1
            touch target/classes/Generated.class
            printf '' > target/holdfast.classpath
            """
                .formatted(
                    Path.of(
                        Worker.class.getProtectionDomain().getCodeSource().getLocation().toURI())));
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    serve();
    assertThat(get()).startsWith("old 0");

    edit("src/main/java/room/RoomWorker.java", text -> text.replace("\"old \"", "\"new \""));
    awaitSaid("new code in place");

    assertThat(get()).startsWith("new 0");
  }

  @Test
  void a_save_during_a_build_is_not_lost() throws Exception {
    Path api = Path.of(Worker.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Files.createDirectories(folder.resolve("src/main/java"));
    Files.move(folder.resolve("src/room"), folder.resolve("src/main/java/room"));
    Folders.write(folder, "pom.xml", "<project/>");
    // Like Maven it compiles only if a source is newer than its class; Generated.class keeps the
    // builds from being done without it.
    Path maven =
        Folders.write(
            folder,
            "mvnw",
            """
            #!/bin/sh
            worker=src/main/java/room/RoomWorker.java
            mkdir -p target/classes
            if [ ! -f target/classes/Generated.class ] || [ $worker -nt target/classes/Generated.class ]
            then
              "$JAVA_HOME/bin/javac" -cp '%s' -d target/classes src/main/java/room/*.java || exit 1
              if [ -f hold ]; then
                mv hold held
                while [ ! -f go ]; do sleep 0.1; done
              fi
              touch target/classes/Generated.class
            fi
            printf '' > target/holdfast.classpath
            """
                .formatted(api));
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    String worker = "src/main/java/room/RoomWorker.java";
    serve();
    Folders.write(folder, "hold", "");
    edit(worker, text -> text.replace("\"old \"", "\"new \""));
    await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(folder.resolve("held")));

    edit(worker, text -> text.replace("\"new \"", "\"newer \""));
    Folders.write(folder, "go", "");

    await().atMost(Duration.ofMinutes(1)).until(() -> get().startsWith("newer 0"));
    assertThat(count("new code in place")).isEqualTo(2);
  }

  @Test
  void a_new_namespace_is_there() throws Exception {
    serve();
    Folders.write(folder, "src/room/Hall.java", "package room; interface Hall { String name(); }");
    Folders.write(
        folder,
        "src/room/HallObject.java",
        """
        package room;

        class HallObject extends dev.holdfast.DurableObject implements Hall {
          HallObject(dev.holdfast.ObjectContext ctx) {
            super(ctx);
          }

          public String name() {
            return "hall";
          }
        }
        """);
    edit(
        WORKER,
        text ->
            text.replace(
                    "rooms = env", "hall = env.objects(Hall.class).getByName(\"h\"); rooms = env")
                .replace("RoomWorker(Env", "private final Hall hall; RoomWorker(Env")
                .replace("\"old \"", "hall.name()"));
    edit(
        "holdfast.toml",
        text -> text + "[[object]]\nnamespace = \"Hall\"\nclass = \"room.HallObject\"\n");

    await().atMost(Duration.ofMinutes(1)).until(() -> get().startsWith("hall"));
  }

  // ---------------------------------------------------------------- mistakes

  @Test
  void code_that_does_not_compile_is_told_of_and_the_code_before_stays() throws Exception {
    serve();
    Member member = new Member(http, port());
    edit(ROOM, text -> text.replace("long heard", "long heard = \"\""));

    awaitSaid("the code before stays in place");

    assertThat(said()).contains("RoomObject.java:", "incompatible types: String cannot be");
    assertThat(news()).contains("event: problem", "incompatible types: String cannot be");
    member.say("still there?");
    assertThat(member.hears()).isEqualTo("old 1 1");
    edit(ROOM, text -> text.replace("heard = \"\"", "heard = 10"));
    awaitSaid("new code in place");
    assertThat(news()).contains("event: fine").doesNotContain("problem");
    member.say("and now?");
    assertThat(member.hears()).isEqualTo("old 2 11");
  }

  @Test
  void a_class_that_is_gone_is_told_of_and_the_code_before_stays() throws Exception {
    serve();
    Member member = new Member(http, port());
    edit("holdfast.toml", text -> text.replace("room.RoomObject", "room.Gone"));

    awaitSaid("the code before stays in place");

    assertThat(said()).contains("holdfast.toml:6: class: there is no class room.Gone in the app");
    member.say("still there?");
    assertThat(member.hears()).isEqualTo("old 1 1");
    edit("holdfast.toml", text -> text.replace("room.Gone", "room.RoomObject"));
    await().until(() -> news().contains("event: fine"));
    assertThat(count("new code in place")).as("it is what runs").isZero();
  }

  @Test
  void code_whose_worker_cannot_be_made_gets_no_message_and_the_code_before_stays()
      throws Exception {
    serve();
    Member member = new Member(http, port());
    Path entered = folder.resolve("entered");
    Path goOn = folder.resolve("go on");
    Folders.write(
        folder, ROOM, Files.readString(folder.resolve(ROOM)).replace("\"old \"", "\"new \""));
    edit(
        WORKER,
        text ->
            text.replace(
                "rooms = env.objects(Room.class);",
                """
                rooms = env.objects(Room.class);
                try {
                  java.nio.file.Files.createFile(java.nio.file.Path.of("%s"));
                  while (!java.nio.file.Files.exists(java.nio.file.Path.of("%s"))) {
                    Thread.onSpinWait();
                  }
                } catch (java.io.IOException e) {
                  throw new Error(e);
                }
                throw new Error("no");
                """
                    .formatted(entered, goOn)));
    await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(entered));
    member.say("in between");
    Files.createFile(goOn);

    awaitSaid("the code before stays in place");

    assertThat(member.hears()).isEqualTo("old 1 1");
    assertThat(get()).startsWith("old 1");
  }

  @Test
  void where_not_even_the_code_before_can_be_started_again_that_is_said() throws Exception {
    Path once = folder.resolve("once");
    edit(
        WORKER,
        text ->
            text.replace(
                "rooms = env.objects(Room.class);",
                """
                rooms = env.objects(Room.class);
                try {
                  java.nio.file.Files.createFile(java.nio.file.Path.of("%s"));
                } catch (java.io.IOException e) {
                  throw new Error(e);
                }
                """
                    .formatted(once)));
    serve();
    assertThat(get()).startsWith("old 0");
    edit(WORKER, text -> text.replace("\"old \"", "\"new \""));

    awaitSaid("no code runs: the code before could not be started again either");

    assertThat(get()).contains("no code runs here");
    Files.delete(once);
    edit(WORKER, text -> text.replace("\"new \"", "\"mended \""));
    awaitSaid("new code in place");
    assertThat(get()).startsWith("mended 0");
  }

  @Test
  void where_no_code_runs_the_code_before_is_started_again_by_going_back_to_it() throws Exception {
    Path once = folder.resolve("once");
    edit(
        WORKER,
        text ->
            text.replace(
                "rooms = env.objects(Room.class);",
                """
                rooms = env.objects(Room.class);
                try {
                  java.nio.file.Files.createFile(java.nio.file.Path.of("%s"));
                } catch (java.io.IOException e) {
                  throw new Error(e);
                }
                """
                    .formatted(once)));
    Folders.write(
        folder,
        "src/room/BadWorker.java",
        """
        package room;

        class BadWorker extends RoomWorker {
          BadWorker(dev.holdfast.Env env) {
            super(env);
          }
        }
        """);
    serve();
    edit("holdfast.toml", text -> text.replace("room.RoomWorker", "room.BadWorker"));
    awaitSaid("no code runs: the code before could not be started again either");
    Files.delete(once);

    edit("holdfast.toml", text -> text.replace("room.BadWorker", "room.RoomWorker"));

    await().atMost(Duration.ofMinutes(1)).until(() -> news().contains("event: fine"));
    assertThat(get()).startsWith("old 0");
  }

  @Test
  void code_that_runs_keeps_its_classes_however_often_other_code_cannot_be_started()
      throws Exception {
    edit(WORKER, text -> text.replace("html(\"old \" +", "html(Late.OLD +"));
    Folders.write(
        folder,
        "src/room/Late.java",
        "package room; class Late { static final String OLD = new String(\"old \"); }");
    serve();
    for (int mistake = 1; mistake <= 6; mistake++) {
      String failing = "throw new Error(\"mistake " + mistake + "\"); // ";
      edit(
          WORKER, text -> text.replaceFirst("(throw .* // )?rooms = env", failing + "rooms = env"));
      awaitSaid("mistake " + mistake);
      int told = mistake;
      await().until(() -> count("the code before stays in place") == told);
    }

    assertThat(get()).startsWith("old 0");
  }

  @Test
  void code_that_fails_to_build_twice_is_in_place_once_it_is_mended() throws Exception {
    serve();
    Member member = new Member(http, port());
    edit(ROOM, text -> text.replace("\"old \"", "old"));
    await().atMost(Duration.ofMinutes(1)).until(() -> count("the code before stays in place") == 1);
    edit(ROOM, text -> text.replace("+ heard", "+ heard +"));
    await().atMost(Duration.ofMinutes(1)).until(() -> count("the code before stays in place") == 2);
    member.say("still there?");
    assertThat(member.hears()).isEqualTo("old 1 1");

    edit(ROOM, text -> text.replace("(old", "(\"new \"").replace("+ heard +", "+ heard"));

    awaitSaid("new code in place");
    assertThat(news()).contains("event: fine");
    member.say("and now?");
    assertThat(member.hears()).isEqualTo("new 2 1");
  }

  @Test
  void a_configuration_that_cannot_be_read_is_told_of_with_its_line() throws Exception {
    serve();
    edit("holdfast.toml", text -> text + "[limits]\nidle-ms = -1\n");

    awaitSaid("the code before stays in place");

    assertThat(said()).contains("holdfast.toml:8: ", "idle-ms");
    assertThat(get()).startsWith("old 0");
  }

  @Test
  void settings_of_the_node_hold_from_the_next_start() throws Exception {
    serve();
    edit("holdfast.toml", text -> text + "[limits]\nidle-ms = 1234\n");

    awaitSaid("hold from the next start");

    assertThat(get()).startsWith("old 0");
  }

  @Test
  void code_that_cannot_be_built_at_the_start_is_an_error() {
    edit(ROOM, text -> text + "}");

    assertThatThrownBy(this::serve).hasMessageContaining("does not compile; see above");
  }

  // ---------------------------------------------------------------- pages

  @Test
  void files_that_pages_show_are_loaded_anew() throws Exception {
    Folders.write(folder, "public/css/room.css", "p {}");
    serve();

    Folders.write(folder, "public/css/room.css", "p { color: red }");

    awaitSaid("pages load /css/room.css");
    assertThat(count("new code in place")).isZero();
    assertThat(news()).startsWith(":\n\nevent: hello\ndata: 1\n");
  }

  // ---------------------------------------------------------------- the app

  private void serve() {
    DevServer started =
        new DevServer(
            new AppFolder(folder),
            () -> AppConfig.read(folder, new Overrides(Map.of("--port", "0"), Map.of()), Mode.DEV),
            options -> options,
            new PrintWriter(out, true),
            (writer, failure) -> writer.println(failure.getMessage()));
    server = started;
    watching =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (started) {
                    started.watch(limit -> stop.await(limit.toNanos(), TimeUnit.NANOSECONDS));
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                });
  }

  private int port() {
    return Objects.requireNonNull(server, "not served yet").port();
  }

  private void edit(String file, UnaryOperator<String> change) {
    try {
      String text = Files.readString(folder.resolve(file));
      String changed = change.apply(text);
      assertThat(changed).isNotEqualTo(text);
      Files.writeString(folder.resolve(file), changed);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String said() {
    return out.toString();
  }

  private long count(String what) {
    return said().lines().filter(line -> line.contains(what)).count();
  }

  private void awaitSaid(String what) {
    await().atMost(Duration.ofMinutes(1)).until(() -> said().contains(what));
  }

  private String get() throws Exception {
    return http.send(request("/"), BodyHandlers.ofString()).body();
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path)).build();
  }

  /** What a page that opens now is told. */
  private String news() throws Exception {
    StringBuilder told = new StringBuilder();
    try (var lines = http.send(request("/.holdfast/live"), BodyHandlers.ofLines()).body()) {
      var each = lines.iterator();
      for (int empty = 0; empty < 3; ) {
        String line = each.next();
        told.append(line).append('\n');
        empty += line.isEmpty() ? 1 : 0;
      }
    }
    return told.toString();
  }
}
