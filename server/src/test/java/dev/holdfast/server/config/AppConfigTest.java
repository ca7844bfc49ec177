// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.socket.SocketLimits;
import dev.holdfast.engine.sql.SqlLimits;
import dev.holdfast.engine.sql.SqlOptions;
import dev.holdfast.engine.sql.page.ScratchLimits;
import dev.holdfast.gateway.GatewayLimits;
import dev.holdfast.gateway.GatewayOptions;
import dev.holdfast.gateway.GatewayTimeouts;
import dev.holdfast.gateway.admin.AdminOptions;
import dev.holdfast.server.NodeOptions;
import dev.holdfast.store.Retention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AppConfigTest {
  private static final Overrides NOTHING = new Overrides(Map.of(), Map.of());
  private static final String HEAD =
      """
      name = "shop"
      worker = "shop.ShopWorker"
      """;

  @TempDir private Path folder;

  /** A file with mistakes, and everything that is to be said about it. */
  record Bad(String what, String toml, List<String> messages) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Bad> bad() {
    return Stream.of(
        new Bad(
            "an empty file",
            "",
            List.of(
                "holdfast.toml:1: name is missing; add name = \"my-app\"",
                "holdfast.toml:1: worker is missing; add worker = \"my.app.MyWorker\"")),
        new Bad(
            "unknown keys",
            """
            nmae = "shop"
            worker = "shop.ShopWorker"
            [server]
            prot = 80
            [cache]
            size = 1
            """,
            List.of(
                "holdfast.toml:1: name is missing; add name = \"my-app\"",
                "holdfast.toml:1: unknown key \"nmae\"; the keys here are name, worker, object,"
                    + " server, admin, data, history, limits",
                "holdfast.toml:4: unknown key \"prot\" in [server]; the keys here are host, port,"
                    + " tls-certificate, tls-key",
                "holdfast.toml:5: unknown key \"cache\"; the keys here are name, worker, object,"
                    + " server, admin, data, history, limits")),
        new Bad(
            "wrong types",
            """
            name = 3
            worker = ["shop.ShopWorker"]
            object = "Cart"
            data = true

            [server]
            host = ""
            port = "80"
            """,
            List.of(
                "holdfast.toml:1: name: expected a text, found the integer 3; write name ="
                    + " \"my-app\"",
                "holdfast.toml:2: worker: expected a text, found an array; write worker ="
                    + " \"my.app.MyWorker\"",
                "holdfast.toml:3: object: expected tables, found the text \"Cart\"; write"
                    + " [[object]] in double brackets above each one",
                "holdfast.toml:4: data: expected a table, found the boolean true; write [data] and"
                    + " its keys below it",
                "holdfast.toml:7: host: expected a text, found an empty text; write host ="
                    + " \"localhost\"",
                "holdfast.toml:8: port: expected an integer from 0 to 65535, found the text"
                    + " \"80\"; write it without quotes")),
        new Bad(
            "an admin port that is not named",
            HEAD
                + """
                [admin]
                host = "0.0.0.0"
                """,
            List.of("holdfast.toml:3: port is missing in [admin]; add port = 9090")),
        new Bad(
            "an object in single brackets",
            HEAD
                + """
                [object]
                namespace = "Cart"
                class = "shop.CartObject"
                """,
            List.of(
                "holdfast.toml:3: object: expected tables, found a table; write [[object]] in"
                    + " double brackets above each one")),
        new Bad(
            "missing keys of objects",
            HEAD
                + """
                [[object]]
                namespace = "Cart"

                [[object]]
                class = "shop.OrderObject"
                interface = 1
                """,
            List.of(
                "holdfast.toml:3: class is missing in [[object]]; add class = \"my.app.MyObject\"",
                "holdfast.toml:6: namespace is missing in [[object]]; add namespace ="
                    + " \"MyObject\"",
                "holdfast.toml:8: interface: expected a text, found the integer 1; write interface"
                    + " = \"my.app.MyInterface\"")),
        new Bad(
            "duplicate namespaces",
            HEAD
                + """
                [[object]]
                namespace = "Cart"
                class = "shop.CartObject"
                [[object]]
                namespace = "Cart"
                class = "shop.OrderObject"
                """,
            List.of(
                "holdfast.toml:7: namespace \"Cart\" is used twice, first in line 4; give each"
                    + " [[object]] its own")),
        new Bad(
            "bad names",
            """
            name = "my shop"
            worker = "shop.ShopWorker"
            [[object]]
            namespace = "%s"
            class = "shop.CartObject"
            """
                .formatted("n".repeat(65)),
            List.of(
                "holdfast.toml:1: name \"my shop\": expected 1 to 64 letters, digits, - or _, found"
                    + " ' ' at character 3; choose another name",
                "holdfast.toml:4: namespace \"%s\": expected 1 to 64 letters, digits, - or _, found"
                        .formatted("n".repeat(65))
                    + " 65 characters; choose another name")),
        new Bad(
            "numbers out of range",
            HEAD
                + """
                [server]
                port = 65536
                [limits]
                body-bytes = -1
                call-ms = 1.5
                """,
            List.of(
                "holdfast.toml:4: port: expected an integer from 0 to 65535, found the integer"
                    + " 65536; write one in that range",
                "holdfast.toml:6: body-bytes: expected an integer from 0 to 1125899906842624, found"
                    + " the integer -1; write one in that range",
                "holdfast.toml:7: call-ms: expected an integer from 1 to 86400000, found the number"
                    + " 1.5; write it without a fraction")),
        new Bad(
            "limits of SQL that are none",
            HEAD
                + """
                [limits]
                sql-open-databases = 0
                sql-open-bytes = "256 MiB"
                sql-closed-bytes = -1
                """,
            List.of(
                "holdfast.toml:4: sql-open-databases: expected an integer from 1 to 1000000, found"
                    + " the integer 0; write one in that range",
                "holdfast.toml:5: sql-open-bytes: expected an integer from 0 to 1125899906842624,"
                    + " found the text \"256 MiB\"; write it without quotes",
                "holdfast.toml:6: sql-closed-bytes: expected an integer from 0 to 1125899906842624,"
                    + " found the integer -1; write one in that range")),
        new Bad(
            "what is not TOML, in several lines",
            """
            name = "shop"
            worker = "shop.ShopWorker"
            worker = "shop.OtherWorker"
            [server
            """,
            List.of(
                "holdfast.toml:3: not TOML: worker previously defined at line 2, column 1",
                "holdfast.toml:4: not TOML: Unexpected end of line, expected ]")),
        new Bad(
            "an escape that has not ended when the file ends",
            """
            name = "shop"
            worker = "shop.ShopWorker\\ud8\
            """,
            List.of(
                "holdfast.toml:2: not TOML: Unexpected end of input, expected \" or a character",
                "holdfast.toml:2: not TOML: Invalid unicode escape sequence")));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void read_reports_every_mistake_with_its_line(Bad bad) throws IOException {
    write(bad.toml());

    assertThatThrownBy(() -> AppConfig.read(folder, NOTHING, Mode.DEV))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.problems())
                    .extracting(problem -> problem.toString().replace(folder + "/", ""))
                    .containsExactlyElementsOf(bad.messages()));
  }

  @Test
  void read_names_mistakes_in_flags_and_environment_beside_those_of_the_file() throws IOException {
    write("name = \"shop\"");
    Overrides overrides =
        new Overrides(Map.of("--port", "eighty"), Map.of("HOLDFAST_DATA", "\0", "HOME", "/"));

    assertThatThrownBy(() -> AppConfig.read(folder, overrides, Mode.DEV))
        .hasMessageContaining(
            "--port: expected a port from 0 to 65535, found \"eighty\"; 0 takes any free one")
        .hasMessageContaining("HOLDFAST_DATA: expected the path of a directory, found")
        .hasMessageContaining("holdfast.toml:1: worker is missing");
  }

  @Test
  void read_without_a_file_says_what_an_app_is() {
    assertThatThrownBy(() -> AppConfig.read(folder, NOTHING, Mode.DEV))
        .hasMessage(
            folder
                + "/holdfast.toml: not found; an app is a folder with a holdfast.toml and a pom.xml"
                + " or src/, name one");
  }

  @Test
  void read_of_what_is_no_file_says_why() throws IOException {
    Files.createDirectory(folder.resolve("holdfast.toml"));
    Path loop = Files.createDirectory(folder.resolve("loop")).resolve("holdfast.toml");
    Files.createSymbolicLink(loop, loop);
    Path text = Files.createFile(folder.resolve("text"));

    assertThatThrownBy(() -> AppConfig.read(folder, NOTHING, Mode.DEV))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            folder.resolve("holdfast.toml")
                + ": cannot be read: Is a directory; make it a file that can be");
    assertThatThrownBy(() -> AppConfig.read(folder.resolve("loop"), NOTHING, Mode.DEV))
        .hasMessage(
            loop
                + ": cannot be read: Too many levels of symbolic links or unable to access"
                + " attributes of symbolic link; make it a file that can be");
    assertThatThrownBy(() -> AppConfig.read(text, NOTHING, Mode.DEV))
        .hasMessage(
            text.resolve("holdfast.toml")
                + ": cannot be read: Not a directory; make it a file that can be");
  }

  @Test
  void read_of_a_file_that_is_not_utf8_says_so_with_the_line() throws IOException {
    Files.write(folder.resolve("holdfast.toml"), new byte[] {'#', '\n', '#', (byte) 0xff});

    assertThatThrownBy(() -> AppConfig.read(folder, NOTHING, Mode.DEV))
        .hasMessage(folder + "/holdfast.toml:2: not UTF-8; save it in that encoding");
  }

  @Test
  void read_of_brackets_without_end_says_so() throws IOException {
    Files.writeString(folder.resolve("holdfast.toml"), HEAD + "x = " + "[".repeat(100_000));

    assertThatThrownBy(() -> AppConfig.read(folder, NOTHING, Mode.DEV))
        .hasMessageContaining("holdfast.toml:3: brackets are nested too deeply");
  }

  @Test
  void admin_pages_are_for_this_machine_unless_another_host_is_named() throws IOException {
    write(HEAD);
    assertThat(AppConfig.read(folder, NOTHING, Mode.RUN).node().admin()).isNull();
    write(HEAD + "[admin]\nport = 9090\n");
    assertThat(AppConfig.read(folder, NOTHING, Mode.RUN).node().admin())
        .isEqualTo(new AdminOptions("localhost", 9090));
    write(HEAD + "[admin]\nport = 0\nhost = \"0.0.0.0\"\n");
    assertThat(AppConfig.read(folder, NOTHING, Mode.RUN).node().admin())
        .isEqualTo(new AdminOptions("0.0.0.0", 0));
  }

  @Test
  void read_takes_what_the_file_says() throws IOException {
    write(
        HEAD
            + """
            [[object]]
            namespace = "Cart"
            class = "shop.CartObject"
            interface = "shop.Cart"
            renamed-from = "Basket"

            [server]
            host = "127.0.0.1"
            port = 8081

            [data]
            directory = "state"

            [history]
            every-second-s = 60
            every-minute-s = 0
            every-hour-s = 7_200

            [limits]
            connections = 20
            request-line-bytes = 3000
            header-bytes = 2000
            body-bytes = 1000
            concurrent-requests = 3
            response-buffer-bytes = 4000
            pending-response-bytes = 5000
            head-ms = 21
            body-ms = 22
            send-ms = 23
            keep-alive-ms = 24
            answer-ms = 4
            drain-ms = 5
            waiting-events = 6
            waiting-bytes = 7
            suspended-events = 31
            timers = 32
            open-calls = 33
            call-ms = 8
            wall-ms = 9
            stream-idle-ms = 27
            value-bytes = 28
            commit-bytes = 29
            list-bytes = 30
            object-bytes = 38
            idle-ms = 10
            cache-bytes = 11000000
            activations = 25
            commit-queue-bytes = 26000000
            disk-reserve-bytes = 12
            socket-message-bytes = 34
            socket-send-bytes = 35
            socket-ping-ms = 36
            sockets-per-object = 37
            socket-attachment-bytes = 3800
            socket-receive-bytes = 3900
            sql-database-bytes = 70000
            sql-text-bytes = 4000
            sql-like-bytes = 4100
            sql-parameters = 42
            sql-open-databases = 43
            sql-open-bytes = 44
            sql-closed-bytes = 45
            """);

    AppConfig config = AppConfig.read(folder, NOTHING, Mode.DEV);

    assertThat(config.name()).isEqualTo("shop");
    assertThat(config.worker().value()).isEqualTo("shop.ShopWorker");
    assertThat(config.objects())
        .singleElement()
        .satisfies(
            object -> {
              assertThat(object.namespace().value()).isEqualTo("Cart");
              assertThat(object.className().value()).isEqualTo("shop.CartObject");
              assertThat(object.interfaceName().orElseThrow().value()).isEqualTo("shop.Cart");
              assertThat(object.renamedFrom().orElseThrow().value()).isEqualTo("Basket");
            });
    NodeOptions node = config.node();
    assertThat(node.data()).isEqualTo(folder.resolve("state"));
    GatewayOptions gateway = node.gateway();
    assertThat(gateway.host()).isEqualTo("127.0.0.1");
    assertThat(gateway.port()).isEqualTo(8081);
    assertThat(gateway.limits())
        .isEqualTo(new GatewayLimits(20, 3000, 2000, 1000, 3, 4000, 5000, 34, 35));
    assertThat(gateway.timeouts())
        .isEqualTo(
            new GatewayTimeouts(
                Duration.ofMillis(21),
                Duration.ofMillis(22),
                Duration.ofMillis(23),
                Duration.ofMillis(24),
                Duration.ofMillis(4),
                Duration.ofMillis(5),
                Duration.ofMillis(36)));
    assertThat(node.sockets())
        .isEqualTo(new SocketLimits(37, 3800, 3900, 35, SocketLimits.DEFAULT.openWithin()));
    assertThat(node.engine().events().waitingEvents()).isEqualTo(6);
    assertThat(node.engine().events().waitingBytes()).isEqualTo(7);
    assertThat(node.engine().events().suspendedEvents()).isEqualTo(31);
    assertThat(node.engine().events().timers()).isEqualTo(32);
    assertThat(node.engine().events().openCalls()).isEqualTo(33);
    assertThat(node.engine().events().callTimeout()).isEqualTo(Duration.ofMillis(8));
    assertThat(node.engine().events().wallLimit()).isEqualTo(Duration.ofMillis(9));
    assertThat(node.engine().events().streamIdle()).isEqualTo(Duration.ofMillis(27));
    assertThat(node.engine().state().valueBytes()).isEqualTo(28);
    assertThat(node.engine().state().commitBytes()).isEqualTo(29);
    assertThat(node.engine().state().listBytes()).isEqualTo(30);
    assertThat(node.engine().state().objectBytes()).isEqualTo(38);
    SqlOptions sql = node.engine().sql();
    assertThat(sql.limits()).isEqualTo(new SqlLimits(70_000, 4000, 4100, 42, 43));
    assertThat(sql.openBytes()).isEqualTo(44);
    assertThat(sql.scratchLimits())
        .isEqualTo(new ScratchLimits(45, ScratchLimits.DEFAULT.markedBytes()));
    assertThat(node.engine().memory().idleAfter()).isEqualTo(Duration.ofMillis(10));
    assertThat(node.engine().memory().cacheBytes()).isEqualTo(11_000_000);
    assertThat(node.engine().memory().activations()).isEqualTo(25);
    assertThat(node.store().retention())
        .isEqualTo(new Retention(Duration.ofMinutes(1), Duration.ZERO, Duration.ofHours(2)));
    assertThat(node.store().queueBytes()).isEqualTo(26_000_000);
    assertThat(node.store().reserveBytes()).isEqualTo(12);
  }

  @Test
  void read_lets_flags_win_over_the_environment_and_that_over_the_file() throws IOException {
    write(
        HEAD
            + """
            [server]
            host = "file"
            port = 1
            [data]
            directory = "file"
            """);
    Overrides overrides =
        new Overrides(
            Map.of("--port", "3"), Map.of("HOLDFAST_PORT", "2", "HOLDFAST_DATA", "environment"));

    NodeOptions node = AppConfig.read(folder, overrides, Mode.RUN).node();

    assertThat(node.gateway().port()).isEqualTo(3);
    assertThat(node.data()).isEqualTo(Path.of("environment"));
    assertThat(node.gateway().host()).isEqualTo("file");
  }

  @Test
  void read_where_nothing_is_said_serves_a_developer_alone_and_the_world_in_earnest()
      throws IOException {
    write(HEAD);

    NodeOptions dev = AppConfig.read(folder, NOTHING, Mode.DEV).node();
    NodeOptions run = AppConfig.read(folder, NOTHING, Mode.RUN).node();

    assertThat(dev.gateway().host()).isEqualTo("localhost");
    assertThat(dev.data()).isEqualTo(folder.resolve(".holdfast/data"));
    assertThat(run.gateway().host()).isEqualTo("0.0.0.0");
    assertThat(run.data()).isEqualTo(folder.resolve("data"));
    assertThat(dev.gateway().timeouts().drain()).isEqualTo(Duration.ofSeconds(2));
    assertThat(run.gateway().timeouts().drain()).isEqualTo(Duration.ofSeconds(30));
    assertThat(List.of(dev.gateway().port(), run.gateway().port())).containsOnly(8080);
  }

  private void write(String toml) throws IOException {
    Files.writeString(folder.resolve("holdfast.toml"), toml);
  }
}
