// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Body;
import dev.holdfast.DurableObject;
import dev.holdfast.Headers;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.ObjectStub;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.store.Retention;
import dev.holdfast.store.memory.InMemoryStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams of objects in which nothing happens when their client goes. */
class QuietStreamTest {
  private static final GatewayOptions OPTIONS = GatewayOptions.defaults().withPort(0);

  interface Feed {}

  /** Writes a piece, waits for news, and writes another. */
  private static final class FeedObject extends DurableObject implements Feed {
    private final QuietStreamTest test;

    FeedObject(ObjectContext ctx, QuietStreamTest test) {
      super(ctx);
      this.test = test;
    }

    @Override
    protected Response fetch(Request request) {
      return Response.stream(
          out -> {
            if (!request.url().path().equals("/silent")) {
              out.write('a');
              out.flush();
            }
            ctx().await(test.news);
            try {
              out.write('b');
              out.flush();
            } catch (IOException e) {
              test.writerGot.complete(String.valueOf(e.getMessage()));
              throw e;
            }
          });
    }
  }

  private final CompletableFuture<String> news = new CompletableFuture<>();
  private final CompletableFuture<String> writerGot = new CompletableFuture<>();
  private final InMemoryStore store = new InMemoryStore(InstantSource.system(), Retention.DEFAULT);
  private final Engine engine =
      Engine.start(
          EngineOptions.defaults(),
          store,
          List.of(new ObjectClass<>("Feed", Feed.class, ctx -> new FeedObject(ctx, this))));
  private final ObjectNamespace<Feed> feeds = engine.objects(Feed.class);
  private final Worker worker = request -> ObjectStub.of(feeds.getByName("a")).fetch(request);

  /** Reads the object's stream itself, and would answer with what it has read. */
  private static Worker reading(Worker fetching, CompletableFuture<Throwable> failure) {
    return request -> {
      Response response = fetching.fetch(request);
      try (InputStream in = response.body().stream()) {
        return Response.text(in.readAllBytes().length);
      } catch (IOException | RuntimeException e) {
        failure.complete(e);
        throw e;
      }
    };
  }

  @AfterEach
  void stop() {
    news.complete("");
    engine.close();
    store.close();
  }

  @Test
  void a_client_that_is_cut_ends_the_worker_and_the_object_hears_of_it() throws Exception {
    try (LogRecord log = new LogRecord();
        Gateway gateway = Gateway.start(OPTIONS, worker)) {
      try (RawConnection connection = RawConnection.to(gateway)) {
        connection.sendHead("GET / HTTP/1.1").readHead();
        assertThat(connection.readChunk()).asString().isEqualTo("a");
        connection.socket().setSoLinger(true, 0);
      }
      Awaitility.await().until(() -> gateway.serving() == 0);
      assertThat(writerGot).as("the object still waits for news").isNotDone();
      news.complete("");
      assertThat(writerGot.join()).contains("its reader has closed it");
      assertThat(log.events()).isEmpty();
    }
  }

  @Test
  void a_client_that_has_ended_its_stream_is_taken_for_gone_when_nothing_comes_for_it()
      throws Exception {
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withIdle(Duration.ofMillis(200)));
    try (Gateway gateway = Gateway.start(options, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET / HTTP/1.1").readHead();
      assertThat(connection.readChunk()).asString().isEqualTo("a");
      connection.socket().shutdownOutput();
      assertThat(connection.readToEnd().reset()).isTrue();
      Awaitility.await().until(() -> gateway.serving() == 0);
    }
  }

  @Test
  void a_quiet_stream_of_a_client_that_waits_is_kept() throws Exception {
    GatewayOptions options =
        OPTIONS.withTimeouts(
            GatewayTimeouts.defaults()
                .withIdle(Duration.ofMillis(200))
                .withAnswer(Duration.ofMillis(1_000)));
    try (Gateway gateway = Gateway.start(options, worker);
        RawConnection quiet = RawConnection.to(gateway)) {
      quiet.sendHead("GET / HTTP/1.1").readHead();
      assertThat(quiet.readChunk()).asString().isEqualTo("a");
      // Five times as long as an idle connection is kept.
      try (RawConnection silent = RawConnection.to(gateway)) {
        assertThat(silent.sendHead("GET /silent HTTP/1.1").read().status()).isEqualTo(504);
      }
      news.complete("");
      assertThat(quiet.readChunk()).asString().isEqualTo("b");
    }
  }

  @Test
  void a_stream_that_never_begins_is_answered_504_and_its_worker_ends() throws Exception {
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withAnswer(Duration.ofMillis(200)));
    try (Gateway gateway = Gateway.start(options, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      assertThat(connection.sendHead("GET /silent HTTP/1.1").read().status()).isEqualTo(504);
      Awaitility.await().until(() -> gateway.serving() == 0 && gateway.overdue() == 0);
    }
  }

  @Test
  void a_worker_that_reads_the_stream_itself_is_failed_when_its_client_is_gone() throws Exception {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    try (LogRecord log = new LogRecord();
        Gateway gateway = Gateway.start(OPTIONS, reading(worker, failure))) {
      try (RawConnection connection = RawConnection.to(gateway)) {
        connection.sendHead("GET / HTTP/1.1");
        Awaitility.await().until(() -> gateway.serving() == 1);
        connection.socket().setSoLinger(true, 0);
      }
      assertThat(failure.join())
          .isInstanceOf(InterruptedIOException.class)
          .hasMessageContaining("reading the response body of fetch GET /")
          .hasMessageContaining("the client closed the connection");
      Awaitility.await().until(() -> gateway.serving() == 0);
      assertThat(log.events()).isEmpty();
      news.complete("");
      assertThat(writerGot.join()).contains("its reader has closed it");
    }
  }

  @Test
  void a_worker_that_reads_the_stream_itself_is_failed_when_504_is_answered() throws Exception {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withAnswer(Duration.ofMillis(200)));
    try (Gateway gateway = Gateway.start(options, reading(worker, failure));
        RawConnection connection = RawConnection.to(gateway)) {
      assertThat(connection.sendHead("GET /silent HTTP/1.1").read().status()).isEqualTo(504);
      assertThat(failure.join())
          .hasMessageContaining("the request was answered without its worker");
      Awaitility.await().until(() -> gateway.serving() == 0 && gateway.overdue() == 0);
    }
  }

  @Test
  void a_writer_that_reads_the_stream_is_failed_when_its_client_is_gone() throws Exception {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Worker forwarding =
        request -> {
          Response response = worker.fetch(request);
          return Response.stream(
              out -> {
                try (InputStream in = response.body().stream()) {
                  for (int c = in.read(); c >= 0; c = in.read()) {
                    out.write(c);
                    out.flush();
                  }
                } catch (IOException e) {
                  failure.complete(e);
                  throw e;
                }
              });
        };
    try (Gateway gateway = Gateway.start(OPTIONS, forwarding)) {
      try (RawConnection connection = RawConnection.to(gateway)) {
        connection.sendHead("GET / HTTP/1.1").readHead();
        assertThat(connection.readChunk()).asString().isEqualTo("a");
        connection.socket().setSoLinger(true, 0);
      }
      assertThat(failure.join()).hasMessageContaining("the client closed the connection");
      Awaitility.await().until(() -> gateway.serving() == 0);
    }
  }

  @Test
  void a_stream_of_the_app_is_closed_by_another_thread() throws Exception {
    CompletableFuture<Thread> closedBy = new CompletableFuture<>();
    CompletableFuture<ClassLoader> closedWith = new CompletableFuture<>();
    InputStream quiet =
        new InputStream() {
          private boolean begun;

          @Override
          public int read() throws IOException {
            throw new IOException("closed by " + closedBy.join());
          }

          @Override
          public int read(byte[] to, int offset, int length) throws IOException {
            if (begun) {
              return read();
            }
            begun = true;
            to[offset] = 'a';
            return 1;
          }

          @Override
          public void close() {
            closedWith.complete(Thread.currentThread().getContextClassLoader());
            closedBy.complete(Thread.currentThread());
          }
        };
    CompletableFuture<Thread> workers = new CompletableFuture<>();
    Worker streams =
        _ -> {
          workers.complete(Thread.currentThread());
          // As the worker does that stands before the app's.
          Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
          return new Response(200, Headers.empty(), Body.of(quiet));
        };
    try (Gateway gateway = Gateway.start(OPTIONS, streams)) {
      try (RawConnection connection = RawConnection.to(gateway)) {
        connection.sendHead("GET / HTTP/1.1").readHead();
        assertThat(connection.readChunk()).asString().isEqualTo("a");
        connection.socket().setSoLinger(true, 0);
      }
      assertThat(closedBy.join().isVirtual()).isTrue();
      assertThat(closedBy.join()).isNotEqualTo(workers.join());
      assertThat(closedWith.join()).isSameAs(ClassLoader.getPlatformClassLoader());
      Awaitility.await().until(() -> gateway.serving() == 0);
    }
  }
}
