// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A field has the name that its client gave it. */
class FieldNamesTest {
  private final List<String> names = new ArrayList<>();
  private final List<String> bodies = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(
      strings = {"Host", "Connection", "Content-Type", "Content-Length", "Accept", "Cookie"})
  void a_name_that_differs_in_one_character_is_another(String name) throws Exception {
    List<String> others = new ArrayList<>();
    for (int i = 0; i < name.length(); i++) {
      others.add(name.substring(0, i) + "x" + name.substring(i + 1));
    }

    serve("GET / HTTP/1.1\r\nHost: h\r\n" + String.join(": 7\r\n", others) + ": 7\r\n\r\n");

    assertThat(names).containsAll(others);
  }

  /** Whoever stands before the gateway would read another request behind such a field. */
  @Test
  void a_name_like_that_of_the_length_has_no_body_behind_it() throws Exception {
    serve("POST / HTTP/1.1\r\nHost: h\r\nContent-xength: 3\r\n\r\n");

    assertThat(bodies).containsExactly("");
  }

  private void serve(String request) throws Exception {
    try (Gateway gateway =
            Gateway.start(
                GatewayOptions.defaults().withPort(0),
                asked -> {
                  asked.headers().forEach((name, value) -> names.add(name));
                  bodies.add(asked.body().text());
                  return Response.text("");
                });
        RawConnection connection = RawConnection.to(gateway)) {
      connection.send(request);
      connection.socket().shutdownOutput();
      assertThat(connection.read().status()).isEqualTo(200);
    }
  }
}
