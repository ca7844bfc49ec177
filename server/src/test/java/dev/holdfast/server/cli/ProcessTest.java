// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import dev.holdfast.server.app.Folders;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as a process of its own, ended by signals. */
class ProcessTest {
  private static final InetAddress LOCALHOST = InetAddress.getLoopbackAddress();

  @TempDir private Path folder;

  @Test
  void sigterm_stops_in_order_and_sigkill_loses_nothing_confirmed() throws Exception {
    Folders.tally(folder);
    Process first = start();
    assertThat(increment(first)).isEqualTo("1");
    first.destroy();
    assertThat(first.waitFor()).as(log()).isEqualTo(143);

    Process second = start();
    assertThat(increment(second)).isEqualTo("2");
    second.destroyForcibly();
    second.waitFor();

    Process third = start();
    assertThat(increment(third)).isEqualTo("3");
    third.destroy();
    assertThat(third.waitFor()).as(log()).isEqualTo(143);
    assertThat(log()).doesNotContain("Exception");
  }

  @Test
  void a_request_under_way_at_sigterm_is_answered_and_then_the_process_ends() throws Exception {
    tallyOfBodies();
    Process process = start();
    int port = port(process);
    try (Socket idle = new Socket(LOCALHOST, port);
        Socket busy = uploading(port)) {
      process.destroy();
      assertThat(idle.getInputStream().read()).as("an idle connection is closed").isEqualTo(-1);
      await().untilAsserted(() -> assertRefused(port));
      process.destroy(); // a second wish changes nothing

      send(busy, "3\r\nabc\r\n0\r\n\r\n");

      assertThat(new String(busy.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 200 OK\r\n")
          .containsIgnoringCase("connection: close\r\n")
          .endsWith("\r\n\r\n3");
    }
    assertThat(process.waitFor()).as(log()).isEqualTo(143);
    assertThat(log()).doesNotContain("Exception");

    Process next = start();
    assertThat(increment(next)).isEqualTo("4");
    next.destroy();
    next.waitFor();
  }

  @Test
  void a_request_that_does_not_end_holds_the_process_up_to_the_limit() throws Exception {
    tallyOfBodies();
    Path config = folder.resolve("holdfast.toml");
    Files.writeString(config, Files.readString(config) + "[limits]\ndrain-ms = 200\n");
    Process process = start();
    try (Socket busy = uploading(port(process))) {
      process.destroy();
      assertThat(process.waitFor()).as(log()).isEqualTo(143);
      assertThat(busy.getInputStream().readAllBytes()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"worker", "object"})
  void sigterm_ends_dev_and_the_event_streams_that_are_open(String source) throws Exception {
    Folders.tally(folder);
    Path config = folder.resolve("holdfast.toml");
    Files.writeString(config, Files.readString(config) + "[limits]\ndrain-ms = 200\n");
    Path object = folder.resolve("src/tally/TallyObject.java");
    Files.writeString(
        object,
        Files.readString(object)
            .replaceFirst(
                "public long add",
                """
                protected Response fetch(Request request) {
                  return Response.events(
                      stream -> {
                        stream.send("from the object");
                        ctx().sleep(java.time.Duration.ofHours(1));
                      });
                }

                public long add"""));
    Path worker = folder.resolve("src/tally/TallyWorker.java");
    Files.writeString(
        worker,
        Files.readString(worker)
            .replace(
                "Response fetch(Request request) {",
                "Response fetch(Request request) throws Exception {")
            .replaceFirst(
                "return Response.text",
                """
                if (request.url().path().equals("/object")) {
                  return ObjectStub.of(tallies.getByName("a")).fetch(request);
                }
                if (request.url().path().equals("/worker")) {
                  return Response.events(
                      stream -> {
                        stream.send("from the worker");
                        java.util.concurrent.locks.LockSupport.park();
                      });
                }
                return Response.text"""));
    Process process = CommandProcess.start("dev", folder);
    int port = port(process);
    try (Socket news = listening(port, "/.holdfast/live", "event: fine");
        Socket own = listening(port, "/" + source, "data: from the " + source)) {
      process.destroy();

      assertThat(news.getInputStream().readAllBytes())
          .asString(StandardCharsets.US_ASCII)
          .as("it has ended, not broken off")
          .endsWith("\r\n0\r\n\r\n");
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(log()).isTrue();
      assertThat(process.exitValue()).as(log()).isEqualTo(143);
      assertThatThrownBy(own.getInputStream()::readAllBytes)
          .as("broken off")
          .isInstanceOf(SocketException.class);
      assertThat(log()).doesNotContain("Exception");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void sigterm_ends_a_build_that_is_under_way_too() throws Exception {
    Folders.tally(folder);
    Folders.write(folder, "pom.xml", "<project/>");
    Path building = folder.resolve("building");
    Path maven =
        Folders.write(
            folder,
            "mvnw",
            """
            #!/bin/sh
            sleep 600 &
            echo $! > new
            mv new building
            wait
            """);
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    Process process = CommandProcess.start("dev", folder);
    await().atMost(1, TimeUnit.MINUTES).until(() -> Files.exists(building));
    long child = Long.parseLong(Files.readString(building).strip());
    try {
      process.destroy();

      assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(log()).isTrue();
      await().until(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
    } finally {
      process.destroyForcibly();
      ProcessHandle.of(child).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  /** A client that has got a line of an event stream. */
  private static Socket listening(int port, String path, String line) throws IOException {
    Socket socket = new Socket(LOCALHOST, port);
    send(socket, "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
    StringBuilder got = new StringBuilder();
    while (got.indexOf(line + "\n") < 0) {
      int c = socket.getInputStream().read();
      assertThat(c).as(got.toString()).isNotNegative();
      got.append((char) c);
    }
    return socket;
  }

  @Test
  void sigkill_during_the_stop_leaves_a_directory_that_opens() throws Exception {
    tallyOfBodies();
    Process process = start();
    int port = port(process);
    assertThat(increment(port)).isEqualTo("1");
    try (Socket busy = uploading(port)) {
      process.destroy();
      await().untilAsserted(() -> assertRefused(port));
      process.destroyForcibly();
      assertThat(process.waitFor()).isEqualTo(137);
      assertThat(busy.isConnected()).isTrue();
    }
    Process next = start();
    assertThat(increment(next)).isEqualTo("2");
    next.destroy();
    assertThat(next.waitFor()).as(log()).isEqualTo(143);
  }

  @Test
  void a_second_process_on_the_same_data_directory_names_the_first() throws Exception {
    Folders.tally(folder);
    Process first = start();
    int port = port(first);

    Process second = start();

    assertThat(second.waitFor()).isEqualTo(1);
    // A busy machine may have the log say something too.
    assertThat(log()).doesNotContain("\tat ");
    assertThat(log().lines().filter(line -> line.startsWith("holdfast: ")))
        .singleElement(STRING)
        .contains(folder.resolve("data").toString())
        .contains("in use by the process with id " + first.pid() + "; stop that one first");
    assertThat(increment(port)).isEqualTo("1");
    first.destroy();
    first.waitFor();
  }

  @Test
  void an_error_at_the_start_ends_the_process() throws Exception {
    Folders.tally(folder);
    Folders.write(
        folder,
        "src/tally/TallyWorker.java",
        """
        package tally;

        class TallyWorker implements dev.holdfast.Worker {
          TallyWorker() {
            throw new AssertionError("nothing works");
          }

          public dev.holdfast.Response fetch(dev.holdfast.Request request) {
            return dev.holdfast.Response.status(204);
          }
        }
        """);
    Process process = start();
    try {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(log()).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
      assertThat(log()).contains("nothing works", "TallyWorker.java:5");
    } finally {
      process.destroyForcibly();
    }
  }

  /** A tally that adds the length of what is posted. */
  private void tallyOfBodies() {
    Folders.tally(folder);
    Folders.write(
        folder,
        "src/tally/TallyWorker.java",
        """
        package tally;

        import dev.holdfast.*;

        class TallyWorker implements Worker {
          private final ObjectNamespace<Tally> tallies;

          TallyWorker(Env env) {
            tallies = env.objects(Tally.class);
          }

          public Response fetch(Request request) {
            long by = request.method().equals("POST") ? request.body().text().length() : 1;
            return Response.text(tallies.getByName(request.url().segment(0)).add(by));
          }
        }
        """);
  }

  /** A client whose request is under way: its worker has begun to read the body. */
  private static Socket uploading(int port) throws IOException {
    Socket socket = new Socket(LOCALHOST, port);
    send(
        socket,
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
            + "Expect: 100-continue\r\n\r\n");
    String sign = "HTTP/1.1 100 Continue\r\n\r\n";
    assertThat(socket.getInputStream().readNBytes(sign.length()))
        .asString(StandardCharsets.US_ASCII)
        .isEqualTo(sign);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void assertRefused(int port) {
    assertThatThrownBy(() -> new Socket(LOCALHOST, port).close()).isInstanceOf(IOException.class);
  }

  private Process start() throws IOException {
    return CommandProcess.start(folder);
  }

  private String increment(Process process) throws Exception {
    return increment(port(process));
  }

  private static String increment(int port) throws Exception {
    URI uri = URI.create("http://localhost:" + port + "/a");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  private int port(Process process) throws IOException {
    return CommandProcess.port(process, folder);
  }

  private String log() throws IOException {
    return CommandProcess.log(folder);
  }
}
