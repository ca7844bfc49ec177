// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.EventParser.Dispatched;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a browser makes of what an event stream sends. */
class EventStreamTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 200_000 : 2_000;

  private static EventParser parsed(EventStream.Writer writer) throws IOException {
    return EventParser.of(Response.events(writer).body().bytes());
  }

  @Test
  void a_response_of_events_is_neither_cached_nor_held_back() {
    Response response = Response.events(_ -> {});
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("Content-Type")).hasValue("text/event-stream; charset=utf-8");
    assertThat(response.header("Cache-Control")).hasValue("no-store");
    assertThat(response.header("X-Accel-Buffering")).hasValue("no");
    assertThat(response.body().length()).isEmpty();
  }

  @Test
  void the_bytes_are_those_of_the_standard() {
    Body body =
        Response.events(
                stream -> {
                  stream.send("é");
                  stream.send(
                      ServerSentEvent.of("a\nb")
                          .withType("t")
                          .withId("7")
                          .withRetry(Duration.ofSeconds(2)));
                  stream.comment("c");
                  stream.keepAlive();
                })
            .body();
    assertThat(body.text())
        .isEqualTo(
            ":\n\ndata: é\n\nevent: t\nid: 7\nretry: 2000\ndata: a\ndata: b\n\n: c\n\n:\n\n");
  }

  @ParameterizedTest
  @CsvSource({
    "''",
    "' a '",
    "'\n'",
    "'a\n'",
    "'\na'",
    "'a\n\nb'",
    "'a\r\nb\rc'",
    "'\r\n\r\n'",
    "': a'",
    "'data: x\n\nevent: y'",
    "'\0'",
    "'\ufeff'",
    "'\u2028\u0085'",
  })
  void data_arrives_as_it_was_but_for_the_kind_of_its_line_breaks(String data) throws IOException {
    EventParser parser = parsed(stream -> stream.send(data));
    assertThat(parser.events)
        .containsExactly(new Dispatched("message", data.replaceAll("\r\n|\r", "\n"), ""));
  }

  @Test
  void a_comment_of_several_lines_is_no_event() throws IOException {
    EventParser parser = parsed(stream -> stream.comment("a\r\ndata: b\rc\n"));
    assertThat(parser.events).isEmpty();
    assertThat(parser.comments).containsExactly("", " a", " data: b", " c", " ");
  }

  @Test
  void random_events_arrive_whole() throws IOException {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    Random random = new Random(seed);
    List<ServerSentEvent> sent = new ArrayList<>();
    List<Dispatched> expected = new ArrayList<>();
    String lastId = "";
    for (int i = 0; i < ROUNDS; i++) {
      ServerSentEvent event = ServerSentEvent.of(text(random, "\r\n: d\0é\ud83d\ude00\ufeff"));
      if (random.nextBoolean()) {
        event = event.withType("t" + text(random, ": é\t\ufeff"));
      }
      if (random.nextBoolean()) {
        lastId = text(random, ":é").strip();
        event = event.withId(lastId);
      }
      if (random.nextInt(10) == 0) {
        event = event.withRetry(Duration.ofNanos(random.nextLong(Long.MAX_VALUE)));
      }
      sent.add(event);
      expected.add(
          new Dispatched(
              event.type().orElse("message"), event.data().replaceAll("\r\n|\r", "\n"), lastId));
    }
    EventParser parser =
        parsed(
            stream -> {
              for (ServerSentEvent event : sent) {
                stream.send(event);
              }
            });
    assertThat(parser.events).as("seed %d", seed).isEqualTo(expected);
  }

  /** Some of those characters, by code point. */
  private static String text(Random random, String characters) {
    int[] from = characters.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.appendCodePoint(from[random.nextInt(from.length)]);
    }
    return text.toString();
  }

  @Test
  void each_event_is_flushed_in_one_write() throws IOException {
    List<String> calls = new ArrayList<>();
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) {
            calls.add("byte");
          }

          @Override
          public void write(byte[] from, int offset, int length) {
            calls.add("write " + length);
          }

          @Override
          public void flush() {
            calls.add("flush");
          }
        };
    Response.events(
            stream -> {
              stream.send("a".repeat(100_000));
              stream.keepAlive();
            })
        .body()
        .writeTo(out);
    assertThat(calls)
        .containsExactly("write 3", "flush", "write 100008", "flush", "write 3", "flush");
  }

  @Test
  void an_unpaired_surrogate_becomes_a_question_mark() throws IOException {
    assertThat(parsed(stream -> stream.send("a\ud800b")).events.getFirst().data()).isEqualTo("a?b");
  }

  // --- What cannot be sent ---

  @ParameterizedTest
  @ValueSource(strings = {"", "a\n", "\ra", "a\0b"})
  void a_type_that_would_break_the_stream_is_refused(String type) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerSentEvent.of("").withType(type))
        .withMessageStartingWith("the type of a server-sent event");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\n", "\ra", "a\0b", "a\tb", "\u007f", " a", "a "})
  void an_id_that_no_header_carries_back_is_refused(String id) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerSentEvent.of("").withId(id))
        .withMessageStartingWith("the id ");
  }

  @Test
  void a_refusal_says_which_character_and_where() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerSentEvent.of("").withId("ab\n"))
        .withMessage(
            "the id of a server-sent event has the character U+000A at index 2; no header could carry it back");
  }

  @Test
  void an_id_longer_than_its_limit_is_refused() throws IOException {
    String id = "i".repeat(1_024);
    assertThat(
            parsed(stream -> stream.send(ServerSentEvent.of("").withId(id)))
                .events
                .getFirst()
                .lastEventId())
        .isEqualTo(id);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerSentEvent.of("").withId(id + "i"))
        .withMessageContaining("1025 characters, limit 1024");
  }

  @Test
  void a_time_that_cannot_be_told_is_refused() throws IOException {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerSentEvent.of("").withRetry(Duration.ofMillis(-1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerSentEvent.of("").withRetry(Duration.ofSeconds(Long.MAX_VALUE)));
    assertThat(
            parsed(
                    stream ->
                        stream.send(
                            ServerSentEvent.of("").withRetry(Duration.ofMillis(Long.MAX_VALUE))))
                .retries)
        .containsExactly(Long.MAX_VALUE);
  }

  // --- Coming back ---

  @Test
  void the_last_event_id_is_read_as_utf_8() {
    String asReceived = new String("é/7".getBytes(UTF_8), ISO_8859_1);
    assertThat(Request.get("/").withHeader("last-event-id", asReceived).lastEventId())
        .hasValue("é/7");
    assertThat(Request.get("/").lastEventId()).isEmpty();
    assertThat(Request.get("/").withHeader("Last-Event-ID", "").lastEventId()).isEmpty();
  }

  // --- What the documentation shows ---

  @Test
  void the_examples_in_the_documentation_compile(@TempDir Path folder) throws IOException {
    String imports =
        "import dev.holdfast.*;\nimport java.time.Duration;\n"
            + "import java.util.HashSet;\nimport java.util.Set;\n"
            + "import java.util.concurrent.CompletableFuture;\n";
    compile(
        folder,
        imports
            + example("EventStream").replaceAll("(?m)^public ", "")
            + "abstract class Shown extends DurableObject {\n"
            + "Shown(ObjectContext ctx) { super(ctx); }\n"
            + "Response shown(Request request) {\n"
            + example("Response")
            + "}}\n");
  }

  private static String example(String type) throws IOException {
    String source = Files.readString(Path.of("src/main/java/dev/holdfast", type + ".java"));
    var found = Pattern.compile("<pre>\\{@code\n(.*?)\\* }</pre>", Pattern.DOTALL).matcher(source);
    assertThat(found.find()).as(type).isTrue();
    return found.group(1).replaceAll("(?m)^ *\\* ?", "");
  }

  private static void compile(Path folder, String code) throws IOException {
    Path file = Files.writeString(folder.resolve("Shown.java"), code);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(null, said, said, "-cp", "target/classes", "-d", folder.toString(), "" + file);
    assertThat(exit).as("%s%n%s", said, code).isZero();
  }
}
