// SPDX-License-Identifier: Apache-2.0
package chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a page gets, and how it ended. It may miss some if it gets more than 16 KiB before it has
 * said anything: {@link HttpClient} loses what it reads together with the answer to the handshake
 * beyond its first buffer, if its own threads are fast.
 */
final class Page implements WebSocket.Listener, AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final BlockingQueue<String> got = new LinkedBlockingQueue<>();
  private final StringBuilder text = new StringBuilder();
  private final HttpClient client = HttpClient.newHttpClient();
  private final WebSocket socket;

  Page(int port, String name, long seen) {
    this(port, name, String.valueOf(seen));
  }

  Page(int port, String name, String seen) {
    socket = open(client, port, name, seen, this).join();
  }

  static CompletableFuture<WebSocket> open(
      HttpClient client, int port, String name, String seen, WebSocket.Listener listener) {
    URI uri =
        URI.create(
            "ws://localhost:%d/rooms/lobby/socket?author=%08x&name=%s&seen=%s"
                .formatted(port, name.hashCode(), name, seen));
    return client.newWebSocketBuilder().buildAsync(uri, listener);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    text.append(part);
    if (last) {
      got.add(text.toString());
      text.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    got.add("\"closed %d %s\"".formatted(code, reason));
    return null;
  }

  void say(int count, String message) {
    send(
        "{\"kind\":\"Say\",\"page\":\"p\",\"count\":%d,\"text\":\"%s\"}".formatted(count, message));
  }

  void send(String json) {
    socket.sendText(json, true).join();
  }

  JsonNode next(String kind) throws InterruptedException {
    while (true) {
      String event = got.poll(20, TimeUnit.SECONDS);
      assertThat(event).as("the next event of kind %s", kind).isNotNull();
      JsonNode tree = JSON.readTree(event);
      if (tree.path("kind").asString("").equals(kind) || tree.isString()) {
        return tree;
      }
    }
  }

  /** Waits until it is told that those are here, first their number. */
  void untilHere(String expected) throws InterruptedException {
    String told = here(next("Here"));
    while (!told.equals(expected)) {
      told = here(next("Here"));
    }
  }

  static String here(JsonNode event) {
    StringBuilder all = new StringBuilder().append(event.path("count").asInt()).append(':');
    for (JsonNode member : event.path("members")) {
      all.append(' ').append(member.path("name").asString());
    }
    return all.toString();
  }

  /** The messages of the next event that has new ones, as number, writer and text. */
  String posts() throws InterruptedException {
    return posts(next("Posts"));
  }

  static String posts(JsonNode event) {
    StringBuilder all = new StringBuilder();
    for (JsonNode post : event.path("posts")) {
      all.append(post.path("number").asLong())
          .append(post.path("from").path("name").asString())
          .append(':')
          .append(post.path("text").asString())
          .append(' ');
    }
    return all.toString().strip();
  }

  @Override
  public void close() {
    socket.abort();
    client.close();
  }
}
