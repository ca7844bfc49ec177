// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.DurableObject;
import dev.holdfast.Env;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectStub;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.gateway.admin.AdminOptions;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node tells its operator of itself. */
class AdminPagesTest {
  @TempDir private Path data;
  private final HttpClient client = HttpClient.newHttpClient();

  /** What callers of a room see. */
  public interface Room {
    void knock();
  }

  static final class RoomObject extends DurableObject implements Room {
    RoomObject(ObjectContext ctx) {
      super(ctx);
    }

    @Override
    public void knock() {}

    @Override
    protected Response fetch(Request request) {
      return ctx().webSockets().accept(request);
    }
  }

  @AfterEach
  void closeClient() {
    client.close();
  }

  @Test
  void a_node_without_admin_options_has_no_pages() {
    try (Node node = Node.start(options().withAdmin(null), List.of(), null)) {
      assertThat(node.adminPort()).isEqualTo(-1);
    }
  }

  @Test
  void objects_and_sockets_are_counted_by_namespace() throws Exception {
    try (Node node = start(AdminPagesTest::toRooms)) {
      assertThat(get(node, "/activations").body())
          .isEqualTo(
              "{\"activations\":0,\"cachedBytes\":0,\"leftOverThreads\":0,"
                  + "\"namespaces\":{\"Room\":0}}\n");
      assertThat(get(node, "/sockets").body())
          .isEqualTo("{\"connections\":0,\"sockets\":0,\"namespaces\":{}}\n");

      node.objects(Room.class).getByName("a").knock();
      WebSocket socket =
          client
              .newWebSocketBuilder()
              .buildAsync(
                  URI.create("ws://localhost:" + node.port() + "/b"), new WebSocket.Listener() {})
              .join();

      assertThat(get(node, "/activations").body())
          .startsWith("{\"activations\":2,")
          .endsWith("\"namespaces\":{\"Room\":2}}\n");
      // The client has its answer before the connection is one of a socket.
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(get(node, "/sockets").body())
                      .isEqualTo(
                          "{\"connections\":1,\"sockets\":1,\"namespaces\":{\"Room\":1}}\n"));
      socket.abort();
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(get(node, "/sockets").body())
                      .startsWith("{\"connections\":0,\"sockets\":0,"));
    }
  }

  @Test
  void a_node_that_stops_says_so_until_its_requests_are_answered() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    Worker worker =
        _ -> {
          begun.countDown();
          answer.await();
          return Response.text("answered");
        };
    Node node = start(_ -> worker);
    assertThat(get(node, "/health").statusCode()).isEqualTo(200);
    var held = client.sendAsync(request(node.port(), "/"), BodyHandlers.ofString());
    begun.await();

    Thread stop = Thread.startVirtualThread(node::close);
    Awaitility.await().until(() -> get(node, "/health").statusCode() == 503);
    assertThat(get(node, "/health").body()).isEqualTo("{\"status\":\"draining\"}\n");
    answer.countDown();
    assertThat(held.join().body()).isEqualTo("answered");
    stop.join();

    Awaitility.await()
        .until(
            () -> {
              try {
                return get(node, "/health").statusCode() < 0;
              } catch (ConnectException e) {
                return true;
              }
            });
  }

  private static Worker toRooms(Env env) {
    return request ->
        ObjectStub.of(env.objects(Room.class).getByName(request.url().segment(0))).fetch(request);
  }

  private Node start(@Nullable Function<Env, ? extends Worker> worker) {
    return Node.start(
        options(), List.of(new ObjectClass<>("Room", Room.class, RoomObject::new)), worker);
  }

  private NodeOptions options() {
    NodeOptions defaults = NodeOptions.over(data);
    return defaults
        .withGateway(defaults.gateway().withPort(0))
        .withAdmin(new AdminOptions("localhost", 0));
  }

  private HttpResponse<String> get(Node node, String page) throws Exception {
    return client.send(request(node.adminPort(), page), BodyHandlers.ofString());
  }

  private static HttpRequest request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build();
  }
}
