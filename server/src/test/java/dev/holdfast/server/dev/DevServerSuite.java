// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests of an app whose files change while it is served. */
@Timeout(180)
abstract class DevServerSuite {
  static final String ROOM = "src/room/RoomObject.java";
  static final String WORKER = "src/room/RoomWorker.java";

  @TempDir Path folder;
  final HttpClient http = HttpClient.newHttpClient();
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

  // ---------------------------------------------------------------- the app

  final void serve() {
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

  final int port() {
    return Objects.requireNonNull(server, "not served yet").port();
  }

  final void edit(String file, UnaryOperator<String> change) {
    try {
      String text = Files.readString(folder.resolve(file));
      String changed = change.apply(text);
      assertThat(changed).isNotEqualTo(text);
      Files.writeString(folder.resolve(file), changed);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  final String said() {
    return out.toString();
  }

  final long count(String what) {
    return said().lines().filter(line -> line.contains(what)).count();
  }

  final void awaitSaid(String what) {
    await().atMost(Duration.ofMinutes(1)).until(() -> said().contains(what));
  }

  final String get() throws Exception {
    return http.send(request("/"), BodyHandlers.ofString()).body();
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path)).build();
  }

  /** What a page that opens now is told. */
  final String news() throws Exception {
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
