// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;

import dev.holdfast.Body;
import dev.holdfast.Headers;
import dev.holdfast.Request;
import dev.holdfast.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;

/** What tests of requests share whose bodies come as the object reads them. */
abstract class RequestStreamingSuite extends StreamingSuite {
  /** What the stream from outside yields, one read each. */
  final BlockingQueue<String> arriving = new LinkedBlockingQueue<>();

  CountDownLatch running = new CountDownLatch(1);

  @BeforeEach
  void handlers() {
    running = test.latch();
    test.handler("read", (self, request) -> Response.text(request.body().text()));
    test.handler("ignore", (self, request) -> Response.text("ignored"));
    test.handler(
        "first",
        (self, request) -> {
          try (InputStream in = request.body().stream()) {
            return Response.text(read(in));
          }
        });
    test.handler(
        "return-body", (self, request) -> new Response(200, Headers.empty(), request.body()));
    test.handler("echo", (self, request) -> Response.stream(out -> request.body().writeTo(out)));
    test.handler(
        "length",
        (self, request) -> {
          long length = request.body().length().orElse(-1);
          return Response.text(length + ":" + request.body().bytes().length);
        });
    test.handler(
        "read-and-add", (self, request) -> Response.text(request.body().text() + self.add("n", 1)));
  }

  /** A stream from outside, as a network's: each read waits for what arrives. */
  Body network() {
    return Body.of(
        new InputStream() {
          @Override
          public int read() {
            throw new AssertionError("read in pieces");
          }

          @Override
          public int read(byte[] to, int offset, int length) throws IOException {
            try {
              byte[] piece = arriving.take().getBytes(StandardCharsets.UTF_8);
              System.arraycopy(piece, 0, to, offset, piece.length);
              return piece.length == 0 ? -1 : piece.length;
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
        });
  }

  static String text(Response response) {
    return response.body().text();
  }

  CompletableFuture<String> answer(String object, Request request) {
    CompletableFuture<Response> response = fetch(object, request);
    return test.worker(() -> text(get(response)));
  }

  /** Sends a body to object b from object a, and returns the text of the response. */
  CompletableFuture<String> sendFromObject(String handler, Function<Scripted, Body> body) {
    test.script("send", self -> text(self.stub("b").fetch(post(handler, body.apply(self)))));
    return test.call("a", "send");
  }
}
