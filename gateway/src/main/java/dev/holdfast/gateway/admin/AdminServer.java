// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.admin;

import dev.holdfast.gateway.admin.AdminPage.Answer;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the operator's pages over HTTP/1.1, as JSON; {@code /} lists them. Thread-safe.
 *
 * <p>Answers GET and HEAD alone. What is refused has a field {@code error} that says why: 403 for a
 * Host that may be somebody else's, 404, 405. At most {@value #MAX_CONNECTIONS} connections are
 * open: for one more, that which has asked for nothing for the longest is closed, so that nobody
 * keeps a probe of the node's health out.
 */
public final class AdminServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
  private static final int MAX_CONNECTIONS = 100;
  private static final int IDLE_SECONDS = 30;

  private final HostGuard guard;
  private final Map<String, AdminPage> pages = new LinkedHashMap<>();

  /** Those that are open, the one that asked last at the end. Event loop only: there is one. */
  private final LinkedHashSet<HttpConnection> connections = new LinkedHashSet<>();

  private final Vertx vertx;
  private final HttpServer server;

  private AdminServer(AdminOptions options, List<? extends AdminPage> all) {
    this.guard = new HostGuard(options.host());
    all.forEach(page -> pages.put(page.path(), page));
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setWorkerPoolSize(1)
                .setPreferNativeTransport(true)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    this.server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost(options.host())
                    .setPort(options.port())
                    .setHttp2ClearTextEnabled(false)
                    .setIdleTimeout(IDLE_SECONDS)
                    .setIdleTimeoutUnit(TimeUnit.SECONDS))
            .connectionHandler(this::admit)
            .exceptionHandler(e -> log.debug("a connection to the admin port failed", e))
            .requestHandler(this::answer);
  }

  /**
   * Starts to serve; returns when the port is open.
   *
   * @throws UncheckedIOException if the port cannot be opened
   */
  public static AdminServer start(AdminOptions options, List<? extends AdminPage> pages) {
    AdminServer admin = new AdminServer(options, pages);
    try {
      admin.server.listen().await();
      return admin;
    } catch (Exception e) {
      admin.vertx.close().await();
      BindException failure =
          new BindException(
              "cannot listen on %s port %d for the admin pages: %s; choose another host or port in"
                      .formatted(options.host(), options.port(), e.getMessage())
                  + " [admin]");
      failure.initCause(e);
      throw new UncheckedIOException(failure);
    }
  }

  private void admit(HttpConnection connection) {
    connection.closeHandler(_ -> connections.remove(connection));
    connections.addLast(connection);
    if (connections.size() > MAX_CONNECTIONS) {
      var _ = connections.removeFirst().close();
    }
  }

  private void answer(HttpServerRequest request) {
    if (connections.contains(request.connection())) {
      connections.addLast(request.connection());
    }
    HttpServerResponse response =
        request
            .response()
            .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
            .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
            .putHeader("x-content-type-options", "nosniff");
    Answer answer;
    try {
      answer = find(request);
    } catch (RuntimeException e) {
      log.error("the admin page {} failed", request.path(), e);
      answer = error(500, "the page failed; the log of the server says why");
    }
    if (answer.status() == 405) {
      response.putHeader(HttpHeaders.ALLOW, "GET, HEAD");
    }
    Buffer content = answer.content().toBuffer().appendByte((byte) '\n');
    response
        .setStatusCode(answer.status())
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(content.length()));
    var _ = request.method().equals(HttpMethod.HEAD) ? response.end() : response.end(content);
  }

  private Answer find(HttpServerRequest request) {
    if (!guard.admits(request.getHeader(HttpHeaders.HOST))) {
      return error(
          403,
          "expected localhost, an IP address or %s as Host; ask for this port by one of them"
              .formatted(guard.configured()));
    }
    HttpMethod method = request.method();
    if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
      return error(405, "expected GET or HEAD, found " + method + "; nothing is changed here");
    }
    String path = request.path();
    if ("/".equals(path)) {
      return Answer.of(list());
    }
    AdminPage page = pages.get(path);
    return page == null
        ? error(404, "there is no page " + path + "; / lists those that there are")
        : page.answer();
  }

  private JsonObject list() {
    JsonArray list = new JsonArray();
    pages
        .values()
        .forEach(
            page -> list.add(new JsonObject().put("path", page.path()).put("about", page.about())));
    return new JsonObject().put("pages", list);
  }

  private static Answer error(int status, String text) {
    return new Answer(status, new JsonObject().put("error", text));
  }

  /** The port that is listened on. */
  public int port() {
    return server.actualPort();
  }

  /** Closes the port and its connections. Idempotent. */
  @Override
  public void close() {
    vertx.close().await();
  }
}
