// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests, responses and their bodies. */
class MessageTest {

  @Test
  void a_request_gives_headers_and_query_parameters() {
    Request request = Request.post("/a?x=1", "text").withHeader("X-Y", "z");
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.query("x")).hasValue("1");
    assertThat(request.header("x-y")).hasValue("z");
    assertThat(request.body().text()).isEqualTo("text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "G T", "GET\r\n", "GÉT"})
  void a_request_refuses_what_is_not_a_method(String method) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Request(method, Url.parse("/"), Headers.empty(), Body.empty()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 199, 600})
  void a_response_refuses_what_is_not_a_final_status(int status) {
    assertThatIllegalArgumentException().isThrownBy(() -> Response.status(status));
  }

  @Test
  void text_is_utf_8() {
    Response response = Response.text("é").withStatus(201);
    assertThat(response.status()).isEqualTo(201);
    assertThat(response.header("content-type")).hasValue("text/plain; charset=utf-8");
    assertThat(response.body().bytes()).isEqualTo("é".getBytes(StandardCharsets.UTF_8));
    assertThat(response.body().length()).hasValue(2);
  }

  @Test
  void a_body_from_a_stream_has_no_known_length_and_closes_the_stream() throws IOException {
    boolean[] closed = new boolean[1];
    InputStream stream =
        new ByteArrayInputStream(new byte[] {1, 2}) {
          @Override
          public void close() {
            closed[0] = true;
          }
        };
    Body body = Body.of(stream);
    assertThat(body.length()).isEmpty();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    body.writeTo(out);
    assertThat(out.toByteArray()).containsExactly(1, 2);
    assertThat(closed[0]).isTrue();
  }

  @Test
  void a_written_body_can_be_read_too() throws IOException {
    Body body = Body.writing(out -> out.write("ab".getBytes(StandardCharsets.UTF_8)));
    assertThat(body.text()).isEqualTo("ab");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    body.writeTo(out);
    assertThat(out).hasToString("ab");
  }

  @Test
  void bytes_of_a_failing_body_throws_unchecked() {
    Body body =
        Body.writing(
            _ -> {
              throw new IOException("broken");
            });
    assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(body::bytes);
  }
}
