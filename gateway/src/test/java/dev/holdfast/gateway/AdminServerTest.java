// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.gateway.RawConnection.RawResponse;
import dev.holdfast.gateway.admin.AdminOptions;
import dev.holdfast.gateway.admin.AdminPage;
import dev.holdfast.gateway.admin.AdminServer;
import dev.holdfast.gateway.admin.HealthPage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator is told, and who is not. */
class AdminServerTest {
  private final AtomicBoolean draining = new AtomicBoolean();
  private AdminServer admin;

  /** A page whose numbers cannot be had. */
  private record BrokenPage() implements AdminPage {
    @Override
    public String path() {
      return "/broken";
    }

    @Override
    public String about() {
      return "nothing";
    }

    @Override
    public Answer answer() {
      throw new IllegalStateException("a defect");
    }
  }

  @BeforeEach
  void start() {
    admin =
        AdminServer.start(
            new AdminOptions("localhost", 0),
            List.of(new HealthPage(draining::get), new BrokenPage()));
  }

  @AfterEach
  void stop() {
    admin.close();
  }

  @Test
  void health_is_that_of_the_node() throws IOException {
    RawResponse serving = get("/health", "localhost");
    assertThat(serving.status()).isEqualTo(200);
    assertThat(json(serving)).isEqualTo(new JsonObject().put("status", "serving"));
    assertThat(serving.header("content-type")).hasValue("application/json");
    assertThat(serving.header("cache-control")).hasValue("no-store");

    draining.set(true);
    RawResponse stopping = get("/health?x=1", "localhost");
    assertThat(stopping.status()).isEqualTo(503);
    assertThat(json(stopping)).isEqualTo(new JsonObject().put("status", "draining"));
  }

  @Test
  void the_pages_are_listed() throws IOException {
    JsonArray pages = json(get("/", "localhost")).getJsonArray("pages");
    assertThat(pages.stream().map(page -> ((JsonObject) page).getString("path")))
        .containsExactly("/health", "/broken");
    assertThat(pages.getJsonObject(0).getString("about")).contains("503 while it stops");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LocalHost:9090",
        "127.0.0.1",
        "127.0.0.1:9090",
        "[::1]",
        "[::1]:9090",
        "10.1.2.3"
      })
  void this_machine_and_addresses_are_hosts(String host) throws IOException {
    assertThat(get("/health", host).status()).isEqualTo(200);
  }

  /** As a browser sends them for a site whose name leads to this machine. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:9090",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:localhost",
        "[evil]",
        "[::1",
        "::1",
        "1",
        ""
      })
  void other_names_are_refused(String host) throws IOException {
    RawResponse response = get("/health", host);
    assertThat(response.status()).isEqualTo(403);
    assertThat(json(response).getString("error")).contains("expected localhost");
  }

  @Test
  void a_request_without_a_host_is_refused() throws IOException {
    try (RawConnection connection = RawConnection.to(admin.port())) {
      assertThat(connection.send("GET /health HTTP/1.0\r\n\r\n").read().status()).isEqualTo(403);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "X"})
  void nothing_can_be_changed(String method) throws IOException {
    RawResponse response = get(admin, method, "/health", "localhost");
    assertThat(response.status()).isEqualTo(405);
    assertThat(response.header("allow")).hasValue("GET, HEAD");
    assertThat(json(response).getString("error"))
        .startsWith("expected GET or HEAD, found " + method);
  }

  @Test
  void head_tells_what_get_would() throws IOException {
    try (RawConnection connection = RawConnection.to(admin.port())) {
      for (String path : new String[] {"/health", "/none"}) {
        String rest = " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        RawResponse get = connection.send("GET" + rest).read();
        RawResponse head = connection.send("HEAD" + rest).readHead();
        assertThat(head.status()).isEqualTo(get.status());
        assertThat(head.lines()).isEqualTo(get.lines());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/healthy", "/health/", "//health", "/\"", "/%"})
  void other_paths_are_not_found(String path) throws IOException {
    RawResponse response = get(path, "localhost");
    assertThat(response.status()).isEqualTo(404);
    assertThat(json(response).getString("error")).startsWith("there is no page " + path);
  }

  @Test
  void a_page_that_fails_is_logged_and_the_next_is_answered() throws IOException {
    try (LogRecord log = new LogRecord();
        RawConnection connection = RawConnection.to(admin.port())) {
      String head = " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      RawResponse failed = connection.send("GET /broken" + head).read();
      assertThat(failed.status()).isEqualTo(500);
      assertThat(failed.body()).doesNotContain("defect");
      assertThat(connection.send("GET /health" + head).read().status()).isEqualTo(200);
      assertThat(log.events())
          .extracting(event -> event.getFormattedMessage())
          .containsOnlyOnce("the admin page /broken failed");
    }
  }

  @Test
  void a_connection_beyond_the_limit_ends_the_one_that_was_silent_for_the_longest()
      throws IOException {
    List<RawConnection> open = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        open.add(RawConnection.to(admin.port()));
      }
      // It was opened first, but the next one is silent for longer then.
      askForHealth(open.getFirst());
      try (RawConnection further = RawConnection.to(admin.port())) {
        askForHealth(further);
        assertThat(open.get(1).readToEnd().text()).isEmpty();
        askForHealth(open.getFirst());
        askForHealth(open.getLast());
      }
    } finally {
      for (RawConnection connection : open) {
        connection.close();
      }
    }
  }

  private static void askForHealth(RawConnection connection) throws IOException {
    connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(connection.read().status()).isEqualTo(200);
  }

  @Test
  void a_port_that_is_taken_is_named_in_the_error() {
    AdminOptions same = new AdminOptions("localhost", admin.port());
    assertThatThrownBy(() -> AdminServer.start(same, List.of()))
        .isInstanceOf(UncheckedIOException.class)
        .cause()
        .hasMessageContainingAll("port " + admin.port(), "admin pages", "choose another");
  }

  private RawResponse get(String path, String host) throws IOException {
    return get(admin, "GET", path, host);
  }

  private static RawResponse get(AdminServer server, String method, String path, String host)
      throws IOException {
    try (RawConnection connection = RawConnection.to(server.port())) {
      return connection
          .send("%s %s HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(method, path, host))
          .read();
    }
  }

  private static JsonObject json(RawResponse response) {
    return new JsonObject(response.body());
  }
}
