// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;

import dev.holdfast.Body;
import dev.holdfast.Headers;
import dev.holdfast.ObjectStub;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Url;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** What tests of {@code fetch} share. */
abstract class FetchSuite extends EngineSuite {

  /** Sends a request to a plain object from a worker. */
  CompletableFuture<Response> fetch(String object, Request request) {
    ObjectStub stub = stub(object);
    return test.worker(() -> stub.fetch(request));
  }

  /** Sends a GET to a plain object from a worker, and waits for the head of the response. */
  Response head(String object, String handler) {
    return get(fetch(object, Request.get("/" + handler)));
  }

  ObjectStub stub(String object) {
    return ObjectStub.of(test.object(object));
  }

  /** A POST with any body. */
  static Request post(String handler, Body body) {
    return new Request("POST", Url.parse("/" + handler), Headers.empty(), body);
  }

  /** What one read yields, as text, from a worker. */
  CompletableFuture<String> next(InputStream in) {
    return test.worker(() -> read(in));
  }

  /** What one read yields, as text; "end" at the end. */
  static String read(InputStream in) throws IOException {
    byte[] buffer = new byte[1 << 16];
    int count = in.read(buffer);
    return count < 0 ? "end" : new String(buffer, 0, count, StandardCharsets.UTF_8);
  }

  /** All that is left, as text, from a worker. */
  CompletableFuture<String> rest(InputStream in) {
    return test.worker(() -> new String(in.readAllBytes(), StandardCharsets.UTF_8));
  }

  static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** Writes pieces until nobody takes them, and tells why. */
  static void writeForEver(OutputStream out, CompletableFuture<String> failure) throws IOException {
    byte[] piece = new byte[1 << 12];
    try {
      while (true) {
        out.write(piece);
      }
    } catch (IOException e) {
      failure.complete(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** Blocks until the latch opens, letting others into the object meanwhile. */
  void await(Scripted self, CountDownLatch latch) {
    self.context()
        .await(
            test.worker(
                () -> {
                  TestEngine.pass(latch);
                  return "";
                }));
  }

  /** A body that says how long it is, rightly or not. */
  static Body declaring(long length, byte[] bytes) {
    return new Body() {
      @Override
      public OptionalLong length() {
        return OptionalLong.of(length);
      }

      @Override
      public InputStream stream() {
        return new ByteArrayInputStream(bytes);
      }
    };
  }
}
