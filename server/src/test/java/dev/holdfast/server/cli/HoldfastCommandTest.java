// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.holdfast.server.app.Certificate;
import dev.holdfast.server.app.Folders;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class HoldfastCommandTest {
  @TempDir private Path folder;

  @Test
  void an_app_is_compiled_served_stopped_and_goes_on_where_it_was() throws Exception {
    Folders.tally(folder);
    CommandRun first = new CommandRun();
    CompletableFuture<Integer> status = first.start("dev", folder.toString(), "--port", "0");
    assertThat(first.get("/a")).isEqualTo("1");
    assertThat(first.out.toString())
        .contains("keeps its data in " + folder.resolve(".holdfast/data") + ", stops with Ctrl-C");
    first.stop.wish();
    assertThat(status.join()).isZero();

    CommandRun second = new CommandRun();
    status = second.start("dev", folder.toString(), "--port=0");
    assertThat(second.get("/a")).isEqualTo("2");
    assertThat(second.out.toString()).doesNotContain("compiling");
    second.stop.wish();
    assertThat(status.join()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "run"})
  void files_of_the_public_folder_are_served_before_the_worker_is_asked(String mode)
      throws Exception {
    Folders.tally(folder);
    Folders.write(folder, "public/index.html", "<p>tally</p>");
    CommandRun run = new CommandRun();
    CompletableFuture<Integer> status =
        run.start(mode, folder.toString(), "--port=0", "--host=localhost");
    assertThat(run.get("/")).startsWith("<p>tally</p>");
    assertThat(run.get("/a")).isEqualTo("1");
    Folders.write(folder, "public/a", "a file now");
    assertThat(run.get("/a")).isEqualTo("a file now");
    run.stop.wish();
    assertThat(status.join()).isZero();
  }

  @Test
  void an_app_with_a_certificate_is_served_over_tls() throws Exception {
    Folders.tally(folder);
    SSLContext trusting = Certificate.write(folder, "chain.pem", "key.pem");
    CommandRun run = new CommandRun();
    CompletableFuture<Integer> status =
        run.start(
            "dev",
            folder.toString(),
            "--port=0",
            "--tls-certificate=" + folder.resolve("chain.pem"),
            "--tls-key=" + folder.resolve("key.pem"));
    URI uri = URI.create("https://localhost:" + run.port() + "/a");
    try (HttpClient client = HttpClient.newBuilder().sslContext(trusting).build()) {
      assertThat(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body())
          .isEqualTo("1");
    }
    assertThat(run.out.toString()).contains("tally serves https://localhost:");
    run.stop.wish();
    assertThat(status.join()).isZero();
  }

  @Test
  void run_keeps_its_data_apart_from_that_of_dev() throws Exception {
    Folders.tally(folder);
    CommandRun run = new CommandRun();
    CompletableFuture<Integer> status =
        run.start("run", folder.toString(), "--port=0", "--host=localhost");
    assertThat(run.get("/a")).isEqualTo("1");
    run.stop.wish();
    assertThat(status.join()).isZero();
    assertThat(folder.resolve("data")).isDirectory();
    assertThat(folder.resolve(".holdfast/data")).doesNotExist();
  }

  @Test
  void mistakes_in_the_configuration_exit_with_2_and_are_all_told() {
    Folders.write(folder, "holdfast.toml", "name = 1\n");
    CommandRun run = new CommandRun();

    assertThat(run.execute(Map.of("HOLDFAST_PORT", "x"), "dev", folder.toString())).isEqualTo(2);

    Path file = folder.resolve("holdfast.toml");
    assertThat(run.err.toString().lines())
        .containsExactly(
            "HOLDFAST_PORT: expected a port from 0 to 65535, found \"x\"; 0 takes any free one",
            file + ":1: name: expected a text, found the integer 1; write name = \"my-app\"",
            file + ":1: worker is missing; add worker = \"my.app.MyWorker\"");
  }

  @Test
  void a_class_that_is_not_there_exits_with_2() {
    Folders.tally(folder);
    Folders.write(folder, "holdfast.toml", "name = \"tally\"\nworker = \"tally.Typo\"\n");
    CommandRun run = new CommandRun();

    assertThat(run.execute("dev", folder.toString())).isEqualTo(2);
    assertThat(run.err.toString().strip())
        .isEqualTo(
            folder.resolve("holdfast.toml")
                + ":2: worker: there is no class tally.Typo in the app; check package and"
                + " spelling");
  }

  @Test
  void an_app_that_does_not_compile_exits_with_1() {
    Folders.tally(folder);
    Folders.write(folder, "src/tally/Tally.java", "package tally; interface Tally {");
    CommandRun run = new CommandRun();

    assertThat(run.execute("dev", folder.toString())).isEqualTo(1);
    assertThat(run.out.toString()).contains("Tally.java:1: error: reached end of file");
    assertThat(run.err.toString().strip())
        .isEqualTo("holdfast: " + folder.resolve("src") + " does not compile; see above");
  }

  @Test
  void a_port_in_use_exits_with_1_and_names_it() throws Exception {
    Folders.tally(folder);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      CommandRun run = new CommandRun();
      String port = String.valueOf(taken.getLocalPort());

      assertThat(run.execute("dev", folder.toString(), "--port", port)).isEqualTo(1);
      assertThat(run.err.toString().strip())
          .startsWith("holdfast: ")
          .contains(port)
          .contains("choose another")
          .hasLineCount(1);
    }
  }

  @Test
  void a_data_directory_in_use_exits_with_1_and_names_it() throws Exception {
    Folders.tally(folder);
    CommandRun first = new CommandRun();
    CompletableFuture<Integer> status = first.start("dev", folder.toString(), "--port=0");
    CommandRun second = new CommandRun();

    assertThat(second.execute("dev", folder.toString(), "--port=0")).isEqualTo(1);

    assertThat(second.err.toString().strip())
        .startsWith("holdfast: ")
        .contains(folder.resolve(".holdfast/data").toString())
        .contains("in use")
        .hasLineCount(1);
    first.stop.wish();
    assertThat(status.join()).isZero();
  }

  @Test
  void a_data_directory_of_a_newer_version_exits_with_1_and_says_what_to_do() throws Exception {
    Folders.tally(folder);
    CommandRun first = new CommandRun();
    CompletableFuture<Integer> status = first.start("dev", folder.toString(), "--port=0");
    first.stop.wish();
    assertThat(status.join()).isZero();
    Path data = folder.resolve(".holdfast/data");
    makeNewer(data.resolve("mark"));
    CommandRun second = new CommandRun();

    assertThat(second.execute("dev", folder.toString(), "--port=0")).isEqualTo(1);

    assertThat(second.err.toString().strip())
        .startsWith("holdfast: ")
        .contains(data.toString(), "format 1000", "run the version that wrote it")
        .hasLineCount(1);
  }

  /** Says in both halves of a mark file that its format is 1000. */
  private static void makeNewer(Path mark) throws IOException {
    try (FileChannel channel =
        FileChannel.open(mark, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      for (long at : new long[] {0, 4096}) {
        ByteBuffer half = ByteBuffer.allocate(44);
        channel.read(half, at);
        half.putInt(8, 1000);
        CRC32C sum = new CRC32C();
        sum.update(half.slice(0, 40));
        half.putInt(40, (int) sum.getValue()).rewind();
        channel.write(half, at);
      }
    }
  }

  @Test
  void an_interface_that_cannot_be_called_remotely_exits_with_2_and_says_why() {
    Folders.tally(folder);
    Folders.write(
        folder,
        "src/tally/Tally.java",
        "package tally; interface Tally { long add(long by); default void on(Thread thread) {} }");
    CommandRun run = new CommandRun();

    assertThat(run.execute("dev", folder.toString(), "--port=0")).isEqualTo(2);

    assertThat(run.err.toString().lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .isEqualTo(
                        "holdfast: namespace Tally: tally.Tally cannot be a remote interface:"),
            line -> assertThat(line).contains("parameter 1 of on", "java.lang.Thread"));
  }

  @Test
  void on_a_disk_that_is_nearly_full_writes_are_answered_503_and_the_log_says_why()
      throws Exception {
    Folders.tally(folder);
    Path config = folder.resolve("holdfast.toml");
    Files.writeString(
        config, Files.readString(config) + "[limits]\ndisk-reserve-bytes = " + (1L << 50) + "\n");
    CommandRun run = new CommandRun();
    Logger logger = (Logger) LoggerFactory.getLogger("dev.holdfast.gateway");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.setContext(logger.getLoggerContext());
    log.start();
    logger.addAppender(log);
    try {
      CompletableFuture<Integer> status = run.start("dev", folder.toString(), "--port=0");

      assertThat(run.get("/a"))
          .isEqualTo(
              "the store cannot serve this: its disk is full or failing, the log of the server says"
                  + " which; nothing was applied by the call that failed, retry later\n");

      assertThat(log.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .singleElement()
          .asString()
          .contains(folder.resolve(".holdfast/data").toString(), "nearly full", "bytes are usable")
          .hasLineCount(1);
      run.stop.wish();
      assertThat(status.join()).isZero();
    } finally {
      run.stop.wish();
      logger.detachAppender(log);
    }
  }

  @Test
  void libraries_find_the_services_of_the_app_wherever_its_code_runs() throws Exception {
    Folders.tally(folder);
    Folders.write(folder, "src/META-INF/services/tally.Service", "tally.TheService");
    Folders.write(
        folder,
        "src/tally/Service.java",
        """
        package tally;

        public interface Service {
          /** As a library would, by way of the thread. */
          static long count() {
            return java.util.ServiceLoader.load(Service.class).stream().count();
          }
        }
        """);
    Folders.write(
        folder,
        "src/tally/TheService.java",
        "package tally; public class TheService implements Service {}");
    Folders.write(
        folder,
        "src/tally/TallyObject.java",
        """
        package tally;

        import dev.holdfast.*;

        class TallyObject extends DurableObject implements Tally {
          private final long constructed = Service.count();

          TallyObject(ObjectContext ctx) {
            super(ctx);
          }

          public long add(long by) {
            long more =
                by == 0 ? 0 : ctx().env().objects(Tally.class).getByName("other").add(by - 1);
            return constructed + Service.count() + more;
          }
        }
        """);
    Folders.write(
        folder,
        "src/tally/TallyWorker.java",
        """
        package tally;

        import dev.holdfast.*;

        class TallyWorker implements Worker {
          private final long constructed = Service.count();
          private final ObjectNamespace<Tally> tallies;

          TallyWorker(Env env) {
            tallies = env.objects(Tally.class);
          }

          public Response fetch(Request request) {
            return Response.text(
                constructed + Service.count() + tallies.getByName("first").add(1));
          }
        }
        """);
    CommandRun run = new CommandRun();
    CompletableFuture<Integer> status = run.start("dev", folder.toString(), "--port=0");

    assertThat(run.get("/")).as("2 from the worker, 2 from each object").isEqualTo("6");

    run.stop.wish();
    assertThat(status.join()).isZero();
  }

  @Test
  void a_data_directory_without_a_name_is_refused_and_nothing_is_made() {
    String app = Folders.tally(folder).toString();
    String other = folder.resolve("other").toString();
    for (List<String> command :
        List.of(
            List.of("run", app),
            List.of("dev", app),
            List.of("backup", other),
            List.of("backup", app, other),
            List.of("restore", other),
            List.of("restore", other, app),
            List.of("object", "list"),
            List.of("object", "list", "--app", app))) {
      for (String name : List.of("", " ")) {
        List<String> args = new ArrayList<>(command);
        args.addAll(List.of("--data", name));
        CommandRun run = new CommandRun();
        assertThat(run.execute(args.toArray(String[]::new))).as(args + "\n" + run.err).isEqualTo(2);
        assertThat(run.err.toString())
            .as(args.toString())
            .isEqualTo(
                "--data: expected the path of a directory, found \"%s\"; name one\n"
                    .formatted(name));
      }
    }
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("holdfast.toml", "src");
  }

  @Test
  void bad_usage_exits_with_2_and_help_with_0() {
    assertThat(new CommandRun().execute("dev", "--nonsense")).isEqualTo(2);
    assertThat(new CommandRun().execute("serve")).isEqualTo(2);
    CommandRun bare = new CommandRun();
    assertThat(bare.execute()).isEqualTo(2);
    assertThat(bare.err.toString())
        .containsPattern("dev +Serve an app to this machine\\.")
        .containsPattern("run +Serve an app to everybody\\.")
        .containsPattern("object +Look at objects, change their past, or delete them\\.");
    CommandRun help = new CommandRun();
    assertThat(help.execute("dev", "--help")).isZero();
    assertThat(help.out.toString())
        .contains("holdfast dev", "[APP]", "--port", "--data", "--accept-loss");
    CommandRun version = new CommandRun();
    assertThat(version.execute("--version")).isZero();
    assertThat(version.out.toString()).startsWith("holdfast ");
  }
}
