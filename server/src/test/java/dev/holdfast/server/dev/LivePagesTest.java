// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Body;
import dev.holdfast.Headers;
import dev.holdfast.Request;
import dev.holdfast.Response;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LivePagesTest {
  private static final String TAG = "<script src=\"/.holdfast/live.js\"></script>\n";
  private final PageNews news = new PageNews();

  @Test
  void a_page_gets_the_script_behind_its_end_however_it_is_made() throws Exception {
    byte[] page = "<p>ä</p>".getBytes(StandardCharsets.UTF_8);
    for (Body body :
        List.of(
            Body.of(page),
            Body.of(new ByteArrayInputStream(page)),
            Body.writing(out -> out.write(page)))) {
      Response shown = answer(Request.get("/"), Response.html("").withStatus(404), body);
      assertThat(shown.status()).isEqualTo(404);
      assertThat(sent(shown)).isEqualTo("<p>ä</p>" + TAG);
    }
  }

  @Test
  void a_page_that_is_written_goes_out_as_it_is_written() throws Exception {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    Response shown =
        answer(
            Request.get("/"),
            Response.html(""),
            Body.writing(
                out -> {
                  out.write('a');
                  out.flush();
                  assertThat(sent.toString(StandardCharsets.UTF_8)).isEqualTo("a");
                }));

    shown.body().writeTo(sent);

    assertThat(sent.toString(StandardCharsets.UTF_8)).isEqualTo("a" + TAG);
  }

  @Test
  void a_page_with_the_script_is_no_version_of_the_file_and_not_kept() throws Exception {
    Response file =
        Response.html("<p>")
            .withHeader("ETag", "\"1\"")
            .withHeader("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")
            .withHeader("Accept-Ranges", "bytes")
            .withHeader("Cache-Control", "no-cache")
            .withHeader("X-Content-Type-Options", "nosniff");
    for (String method : List.of("GET", "HEAD")) {
      assertThat(answer(asking(method), file, file.body()).headers())
          .isEqualTo(
              Response.html("")
                  .withHeader("X-Content-Type-Options", "nosniff")
                  .withHeader("Cache-Control", "no-store")
                  .headers());
    }
  }

  @Test
  void a_head_has_the_length_of_the_page_with_the_script_or_none() throws Exception {
    Response page = Response.html("");
    Body sized = sized(3, "");

    assertThat(answer(asking("HEAD"), page, Body.of("<p>")).body().length())
        .hasValue(3 + TAG.length());
    assertThat(answer(asking("HEAD"), page, sized).body().length()).hasValue(3 + TAG.length());
    for (Body body : List.of(Body.empty(), Body.writing(out -> out.write('a')))) {
      assertThat(answer(asking("HEAD"), page, body).body().length()).isEmpty();
    }
  }

  /** A body that says how long it is, rightly or not. */
  private static Body sized(long length, String content) {
    return new Body() {
      @Override
      public OptionalLong length() {
        return OptionalLong.of(length);
      }

      @Override
      public InputStream stream() {
        return new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
      }
    };
  }

  private static Request asking(String method) {
    Request get = Request.get("/");
    return new Request(method, get.url(), get.headers(), get.body());
  }

  @Test
  void a_page_that_breaks_off_never_looks_complete() throws Exception {
    Body cut = sized(10, "<p>");

    Response shown = answer(Request.get("/"), Response.html(""), cut);

    assertThat(shown.body().length().orElseThrow()).isGreaterThan(sent(shown).length());
  }

  @Test
  void what_is_no_page_stays_as_it_is() throws Exception {
    for (Response other :
        List.of(
            Response.text("text"),
            Response.html("<p>").withHeader("Content-Encoding", "gzip"),
            Response.html("<p>").withStatus(206),
            Response.html("<p>").withStatus(304),
            new Response(200, Headers.empty(), Body.of("<p>")))) {
      assertThat(answer(Request.get("/"), other, other.body())).isEqualTo(other);
    }
    Response page = Response.html("<p>");
    assertThat(answer(Request.post("/", ""), page, page.body())).isEqualTo(page);
  }

  @Test
  void the_script_is_served_and_not_kept() throws Exception {
    Response script = answer(Request.get("/.holdfast/live.js"), Response.status(404), Body.empty());

    assertThat(script.status()).isEqualTo(200);
    assertThat(script.header("Content-Type")).contains("text/javascript; charset=utf-8");
    assertThat(script.header("Cache-Control")).contains("no-store");
    assertThat(script.body().text()).contains("EventSource('/.holdfast/live')");
  }

  @Test
  void a_page_is_told_what_holds_when_it_comes_and_then_what_changes() throws Exception {
    news.files(List.of("/old.css"));
    news.problem("A.java:1: error: no\n  class A");
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    Thread reader =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    answer(Request.get("/.holdfast/live"), Response.status(404), Body.empty())
                        .body()
                        .writeTo(sent);
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  }
                });
    await().until(() -> sent.toString(StandardCharsets.UTF_8).contains("class A"));
    news.fine();
    news.files(List.of("/chat.css", "/chat.js"));
    news.end();
    reader.join();

    assertThat(sent.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            """
            :

            event: hello
            data: 1

            event: problem
            data: A.java:1: error: no
            data:   class A

            event: fine
            data:\s

            event: files
            id: 2
            data: /chat.css
            data: /chat.js

            """);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void after_the_end_a_page_is_told_that_at_once(boolean broken) throws Exception {
    if (broken) {
      news.problem("no");
    }
    news.end();

    Response stream = answer(Request.get("/.holdfast/live"), Response.status(404), Body.empty());

    assertThat(sent(stream))
        .startsWith(":\n\nevent: hello\n")
        .contains(broken ? "problem" : "fine");
  }

  private Response answer(Request request, Response response, Body body) throws Exception {
    return new LivePages(_ -> new Response(response.status(), response.headers(), body), news)
        .fetch(request);
  }

  private static String sent(Response response) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    response.body().writeTo(out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
