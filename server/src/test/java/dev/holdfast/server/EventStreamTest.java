// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.DurableObject;
import dev.holdfast.Holdfast;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectStub;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.ServerSentEvent;
import dev.holdfast.Timer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An object that tells its news to clients which only listen, through a worker and over HTTP. */
class EventStreamTest {
  private static final BlockingQueue<String> ENDS = new LinkedBlockingQueue<>();

  @TempDir private Path data;
  private Holdfast node;

  /** What callers see. */
  public interface News {
    void post(String text);

    int listeners();
  }

  /** As the documentation of {@code EventStream} shows it, and counts who listens. */
  static final class NewsObject extends DurableObject implements News {
    private final Set<Runnable> waiting = new HashSet<>();
    private int listeners;

    NewsObject(ObjectContext ctx) {
      super(ctx);
    }

    @Override
    public void post(String text) {
      storage().append("post:", text);
      waiting.forEach(Runnable::run);
    }

    @Override
    public int listeners() {
      return listeners;
    }

    @Override
    protected Response fetch(Request request) {
      return Response.events(
          stream -> {
            listeners++;
            String last = request.lastEventId().orElse("post:");
            try {
              while (true) {
                var posts =
                    storage().list(String.class, KeyRange.prefix("post:").after(last).limit(100));
                for (var post : posts.entrySet()) {
                  last = post.getKey();
                  stream.send(ServerSentEvent.of(post.getValue()).withId(last));
                }
                if (posts.isEmpty()) {
                  awaitPost(Duration.ofSeconds(15));
                  stream.keepAlive();
                }
              }
            } catch (IOException e) {
              ENDS.add(String.valueOf(e.getMessage()));
              throw e;
            } finally {
              listeners--;
            }
          });
    }

    private void awaitPost(Duration atMost) {
      var post = new CompletableFuture<Void>();
      Runnable wake = () -> post.complete(null);
      waiting.add(wake);
      Timer timer = ctx().schedule(atMost, wake);
      ctx().await(post);
      timer.cancel();
      waiting.remove(wake);
    }
  }

  @BeforeEach
  void start() {
    node =
        Holdfast.builder()
            .object("News", News.class, NewsObject::new)
            .worker(
                env ->
                    request ->
                        ObjectStub.of(env.objects(News.class).getByName(request.url().segment(0)))
                            .fetch(request))
            .data(data)
            .port(0)
            .start();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private News news() {
    return node.objects(News.class).getByName("a");
  }

  /** One event as it came. */
  private record Event(String id, String data) {}

  /** A browser's {@code EventSource}, as far as it matters here. */
  private final class Client implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    final HttpHeaders head;
    private final BufferedReader in;

    Client(String... fields) throws Exception {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("http://localhost:" + node.port() + "/a"));
      if (fields.length > 0) {
        request.headers(fields);
      }
      HttpResponse<InputStream> response =
          client.send(request.build(), BodyHandlers.ofInputStream());
      head = response.headers();
      in = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** The next event, comments passed over. */
    Event next() throws IOException {
      String id = "";
      StringBuilder data = new StringBuilder();
      for (String line = in.readLine(); ; line = in.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("data: ")) {
          data.append(line.substring(6));
        } else if (line.isEmpty() && !data.isEmpty()) {
          return new Event(id, data.toString());
        }
      }
    }

    void leave() throws IOException {
      in.close();
      client.shutdownNow();
    }

    @Override
    public void close() throws IOException {
      leave();
    }
  }

  @Test
  void all_who_listen_are_told_and_one_that_is_gone_is_forgotten() throws Exception {
    List<Event> told = new ArrayList<>();
    try (Client first = new Client();
        Client second = new Client()) {
      assertThat(first.head.firstValue("Content-Type"))
          .hasValue("text/event-stream; charset=utf-8");
      assertThat(first.head.firstValue("Cache-Control")).hasValue("no-store");
      news().post("one é");
      told.add(first.next());
      assertThat(second.next()).isEqualTo(told.getFirst());
      second.leave();
      forgotten(1);
      assertThat(ENDS.take()).contains("closed");
      news().post("last");
      while (!told.getLast().data().equals("last")) {
        told.add(first.next());
      }
    }
    assertThat(told.getFirst().data()).isEqualTo("one é");
    assertThat(told).extracting(Event::id).isSorted().doesNotHaveDuplicates();
    forgotten(0);
  }

  /** A client that is gone shows when something is sent to it. */
  private void forgotten(int listeners) {
    await()
        .until(
            () -> {
              news().post("is anybody there?");
              return news().listeners() == listeners;
            });
  }

  @Test
  void a_client_that_comes_back_gets_what_it_missed_also_from_another_node() throws Exception {
    Event last;
    try (Client client = new Client()) {
      news().post("one");
      news().post("two");
      last = client.next();
      assertThat(last.data()).isEqualTo("one");
    }
    forgotten(0);
    news().post("x".repeat(100_000));
    node.close();
    start();
    List<String> missed = new ArrayList<>();
    try (Client client = new Client("Last-Event-ID", last.id())) {
      news().post("live");
      while (!missed.contains("live")) {
        missed.add(client.next().data());
      }
    }
    assertThat(missed).startsWith("two").endsWith("x".repeat(100_000), "live");
    forgotten(0);
  }
}
