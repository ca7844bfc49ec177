// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class GatewayTest {

  @Test
  void a_request_is_answered_by_the_worker() throws Exception {
    try (Gateway gateway =
            Gateway.start(
                GatewayOptions.defaults().withPort(0),
                request ->
                    Response.text(
                        request.method()
                            + " "
                            + request.url().segment(0)
                            + " "
                            + request.body().text()));
        HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://localhost:" + gateway.port() + "/a");
      HttpResponse<String> got =
          client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(got.statusCode()).isEqualTo(200);
      assertThat(got.body()).isEqualTo("GET a ");
      got =
          client.send(
              HttpRequest.newBuilder(uri)
                  .POST(HttpRequest.BodyPublishers.ofString("hello"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(got.body()).isEqualTo("POST a hello");
    }
  }
}
