// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.Response;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;

/** What tests of responses share that an object writes as they are sent. */
abstract class ResponseStreamingSuite extends StreamingSuite {
  @BeforeEach
  void handlers() {
    test.handler(
        "endless",
        (self, request) -> {
          self.memory++;
          return Response.stream(out -> writeForEver(out, ended));
        });
    test.handler(
        "one-and-two",
        (self, request) ->
            Response.stream(
                out -> {
                  send(out, "one");
                  await(self, goOn);
                  send(out, "two");
                }));
    test.handler(
        "one-write-and-two",
        (self, request) ->
            Response.stream(
                out -> {
                  send(out, "one");
                  self.add("n", 1);
                  send(out, "two");
                }));
  }

  static void close(Response response) {
    try {
      response.body().stream().close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
