// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Body;
import dev.holdfast.Request;
import dev.holdfast.Response;
import io.netty.buffer.Unpooled;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request and its answer. */
final class Exchange implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);
  private final Edge edge;
  private final HttpServerRequest http;
  private final Request request;

  private Exchange(Edge edge, HttpServerRequest http, Request request) {
    this.edge = edge;
    this.http = http;
    this.request = request;
  }

  static void begin(Edge edge, HttpServerRequest http) {
    RequestHead head = RequestHead.of(http);
    if (!edge.admission().tryEnter()) {
      http.response().setStatusCode(503).end();
      return;
    }
    if (!head.hasBody()) {
      start(edge, http, head, Body.empty());
      return;
    }
    Buffer all = Buffer.buffer();
    http.handler(all::appendBuffer);
    http.endHandler(_ -> start(edge, http, head, Body.of(all.getBytes())));
  }

  private static void start(Edge edge, HttpServerRequest http, RequestHead head, Body body) {
    Request request = new Request(head.method(), head.url(), head.headers(), body);
    edge.threads().newThread(new Exchange(edge, http, request)).start();
  }

  @Override
  public void run() {
    try {
      answer(edge.worker().fetch(request));
    } catch (Exception e) {
      log.error("worker failed on {} {}", request.method(), request.url().path(), e);
      http.response().setStatusCode(500).end();
    } finally {
      edge.admission().leave();
    }
  }

  private void answer(Response response) {
    HttpServerResponse out = http.response();
    out.setStatusCode(response.status());
    MultiMap headers = out.headers();
    response.headers().forEach(headers::add);
    out.end(BufferInternal.buffer(Unpooled.wrappedBuffer(response.body().bytes())));
  }
}
