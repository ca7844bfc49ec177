// SPDX-License-Identifier: Apache-2.0
package chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ChatTest {
  @TempDir private Path data;

  private Holdfast start() {
    return start(data);
  }

  private static Holdfast start(Path data) {
    return Holdfast.builder()
        .object("Room", Room.class, ChatRoom::new)
        .worker(ChatWorker::new)
        .data(data)
        .port(0)
        .start();
  }

  @Test
  void a_message_reaches_all_who_are_in_the_room_and_those_who_come_later() throws Exception {
    try (Holdfast holdfast = start();
        Page ann = new Page(holdfast.port(), "ann", 0);
        Page bob = new Page(holdfast.port(), "bob", 0)) {
      assertThat(ann.posts()).isEmpty();
      assertThat(bob.posts()).isEmpty();
      ann.say(1, "hello");
      assertThat(ann.posts()).isEqualTo("1ann:hello");
      assertThat(bob.posts()).isEqualTo("1ann:hello");
      bob.say(2, "hi");
      assertThat(ann.posts()).isEqualTo("2bob:hi");
      try (Page eve = new Page(holdfast.port(), "eve", 0)) {
        assertThat(eve.posts()).isEqualTo("1ann:hello 2bob:hi");
      }
      assertThat(holdfast.objects(Room.class).getByName("lobby").posts()).isEqualTo(2);
    }
  }

  @Test
  void who_is_here_is_told_when_somebody_comes_or_goes() throws Exception {
    try (Holdfast holdfast = start();
        Page ann = new Page(holdfast.port(), "ann", 0)) {
      ann.untilHere("1: ann");
      try (Page bob = new Page(holdfast.port(), "bob", 0)) {
        ann.untilHere("2: ann bob");
        bob.untilHere("2: ann bob");
      }
      ann.untilHere("1: ann");
    }
  }

  @Test
  void many_who_come_at_once_are_told_of_together() throws Exception {
    int many = 60;
    List<CompletableFuture<WebSocket>> others = new ArrayList<>();
    try (Holdfast holdfast = start();
        HttpClient client = HttpClient.newHttpClient();
        Page ann = new Page(holdfast.port(), "ann", 0)) {
      long start = System.nanoTime();
      for (int i = 1; i < many; i++) {
        others.add(Page.open(client, holdfast.port(), "m" + i, "0", new WebSocket.Listener() {}));
      }
      JsonNode here = ann.next("Here");
      int told = 1;
      for (; here.path("count").asInt() < many; told++) {
        here = ann.next("Here");
      }
      // At most one in 100 ms, however long it takes; half of that is left to clocks that differ.
      long halves = Duration.ofNanos(System.nanoTime() - start).dividedBy(Duration.ofMillis(50));
      assertThat((long) told).isLessThanOrEqualTo(2 + halves);
      assertThat(here.path("members").size()).isEqualTo(20);
      others.forEach(other -> other.join().abort());
      ann.untilHere("1: ann");
    }
  }

  @Test
  void a_message_that_is_sent_again_is_kept_once() throws Exception {
    try (Holdfast holdfast = start();
        Page ann = new Page(holdfast.port(), "ann", 0)) {
      assertThat(ann.posts()).isEmpty();
      ann.say(1, "hello");
      assertThat(ann.posts()).isEqualTo("1ann:hello");
      ann.say(1, "hello");
      assertThat(ann.next("Known").path("id").asString()).isEqualTo("p-1");
      assertThat(holdfast.objects(Room.class).getByName("lobby").posts()).isEqualTo(1);
    }
  }

  @Test
  void a_message_is_kept_once_however_much_others_wrote_before_it_is_sent_again() throws Exception {
    int others = 1_001;
    try (Holdfast holdfast = start();
        Page bob = new Page(holdfast.port(), "bob", 0)) {
      try (Page ann = new Page(holdfast.port(), "ann", 0)) {
        ann.say(1, "hello");
        assertThat(bob.posts()).isEmpty();
        assertThat(bob.posts()).isEqualTo("1ann:hello");
      }
      for (int i = 1; i <= others; i++) {
        bob.say(i, "m");
        assertThat(bob.next("Posts").path("last").asLong()).isEqualTo(1 + i);
      }
      try (Page ann = new Page(holdfast.port(), "ann", 0)) {
        ann.say(1, "hello");
        assertThat(ann.next("Known").path("id").asString()).isEqualTo("p-1");
        ann.say(2, "and this is new");
        assertThat(bob.posts()).isEqualTo((others + 2) + "ann:and this is new");
      }
    }
  }

  @Test
  void pages_of_one_author_count_for_themselves() throws Exception {
    try (Holdfast holdfast = start();
        Page ann = new Page(holdfast.port(), "ann", 0)) {
      assertThat(ann.posts()).isEmpty();
      ann.say(1, "hello");
      assertThat(ann.posts()).isEqualTo("1ann:hello");
      ann.send("{\"kind\":\"Say\",\"page\":\"q\",\"count\":1,\"text\":\"from a duplicate\"}");
      assertThat(ann.posts()).isEqualTo("2ann:from a duplicate");
    }
  }

  @Test
  void after_a_restart_a_page_gets_what_it_has_not_seen() throws Exception {
    try (Holdfast holdfast = start();
        Page ann = new Page(holdfast.port(), "ann", 0)) {
      assertThat(ann.posts()).isEmpty();
      for (int i = 1; i <= 3; i++) {
        ann.say(i, "m" + i);
        assertThat(ann.posts()).isEqualTo(i + "ann:m" + i);
      }
    }
    try (Holdfast holdfast = start();
        Page ann = new Page(holdfast.port(), "ann", 1)) {
      assertThat(ann.posts()).isEqualTo("2ann:m2 3ann:m3");
    }
  }

  @Test
  void a_room_that_begins_anew_has_another_history() throws Exception {
    Set<String> histories = new HashSet<>();
    for (Path folder : List.of(data.resolve("1"), data.resolve("2"), data.resolve("1"))) {
      try (Holdfast holdfast = start(folder);
          Page ann = new Page(holdfast.port(), "ann", 0)) {
        long before = ann.next("Posts").path("last").asLong();
        ann.say((int) before + 1, "hello");
        JsonNode posted = ann.next("Posts");
        assertThat(posted.path("last").asLong()).isEqualTo(before + 1);
        histories.add(posted.path("history").asString());
        try (Page bob = new Page(holdfast.port(), "bob", 1)) {
          assertThat(histories).contains(bob.next("Posts").path("history").asString());
        }
      }
    }
    assertThat(histories).hasSize(2).doesNotContain("");
  }

  @Test
  void what_is_missed_or_older_comes_in_parts_that_are_asked_for() throws Exception {
    try (Holdfast holdfast = start();
        Page ann = new Page(holdfast.port(), "ann", 0)) {
      assertThat(ann.posts()).isEmpty();
      for (int i = 1; i <= 120; i++) {
        ann.say(i, "m");
        assertThat(ann.posts()).isEqualTo(i + "ann:m");
      }
      try (Page bob = new Page(holdfast.port(), "bob", 10)) {
        JsonNode first = bob.next("Posts");
        assertThat(Page.posts(first)).startsWith("11ann:m ").endsWith(" 60ann:m");
        assertThat(first.path("last").asLong()).isEqualTo(120);
        bob.send("{\"kind\":\"After\",\"number\":60}");
        assertThat(bob.posts()).startsWith("61ann:m ").endsWith(" 110ann:m");
        bob.send("{\"kind\":\"Before\",\"number\":11}");
        assertThat(Page.posts(bob.next("Older"))).startsWith("1ann:m ").endsWith(" 10ann:m");
        bob.send("{\"kind\":\"Before\",\"number\":1}");
        assertThat(Page.posts(bob.next("Older"))).isEmpty();
      }
      try (Page eve = new Page(holdfast.port(), "eve", 0)) {
        assertThat(eve.posts()).startsWith("71ann:m ").endsWith(" 120ann:m");
      }
    }
  }

  @Test
  void history_comes_in_messages_that_are_small_also_where_its_posts_are_large() throws Exception {
    try (Holdfast holdfast = start();
        Page ann = new Page(holdfast.port(), "ann", 0)) {
      assertThat(ann.posts()).isEmpty();
      for (int i = 1; i <= 20; i++) {
        ann.say(i, "\\u0001".repeat(2_500));
        assertThat(ann.next("Posts").path("last").asLong()).isEqualTo(i);
      }
      ann.send("{\"kind\":\"Before\",\"number\":17}");
      assertThat(numbers(ann.next("Older"))).containsExactly(13L, 14L, 15L, 16L);
      ann.send("{\"kind\":\"After\",\"number\":1}");
      JsonNode missed = ann.next("Posts");
      assertThat(numbers(missed)).containsExactly(2L, 3L, 4L, 5L);
      assertThat(missed.path("last").asLong()).isEqualTo(20);
    }
  }

  private static List<Long> numbers(JsonNode event) {
    return event.path("posts").valueStream().map(post -> post.path("number").asLong()).toList();
  }

  @Test
  void typing_is_told_to_the_others() throws Exception {
    try (Holdfast holdfast = start();
        Page ann = new Page(holdfast.port(), "ann", 0);
        Page bob = new Page(holdfast.port(), "bob", 0)) {
      ann.send("{\"kind\":\"Typing\"}");
      bob.send("{\"kind\":\"Typing\"}");
      assertThat(bob.next("Typing").path("member").path("name").asString()).isEqualTo("ann");
      assertThat(ann.next("Typing").path("member").path("name").asString()).isEqualTo("bob");
    }
  }

  @Test
  void a_message_that_is_too_long_or_blank_is_refused_and_the_next_is_posted() throws Exception {
    try (Holdfast holdfast = start();
        Page ann = new Page(holdfast.port(), "ann", 0)) {
      assertThat(ann.posts()).isEmpty();
      ann.say(1, "x".repeat(4_001));
      assertThat(ann.next("Refused").path("id").asString()).isEqualTo("p-1");
      ann.say(2, "  ");
      assertThat(ann.next("Refused").path("id").asString()).isEqualTo("p-2");
      ann.say(3, "\\u0001".repeat(4_000)); // six bytes each as JSON
      assertThat(ann.next("Refused").path("id").asString()).isEqualTo("p-3");
      ann.say(4, "hello");
      assertThat(ann.posts()).isEqualTo("1ann:hello");
    }
  }

  @Test
  void what_no_page_of_ours_sends_ends_its_socket_and_no_other() throws Exception {
    List<String> bad =
        List.of(
            "hello",
            "null",
            "{}",
            "{\"kind\":\"Other\"}",
            "{\"kind\":\"Say\",\"count\":1,\"text\":\"no page\"}",
            "{\"kind\":\"Say\",\"page\":\"1:2\",\"count\":1,\"text\":\"no such page\"}",
            "{\"kind\":\"Say\",\"page\":\"p\",\"count\":0,\"text\":\"no such count\"}");
    try (Holdfast holdfast = start();
        Page eve = new Page(holdfast.port(), "eve", 0)) {
      for (String text : bad) {
        try (Page ann = new Page(holdfast.port(), "ann", 0)) {
          ann.send(text);
          assertThat(ann.next("none").asString()).as(text).startsWith("closed 4400");
        }
      }
      assertThat(eve.posts()).isEmpty();
      eve.say(2, "still here");
      assertThat(eve.posts()).isEqualTo("1eve:still here");
    }
  }

  @Test
  void a_page_that_is_refused_gets_to_know_why_and_nobody_else_hears_of_it() throws Exception {
    try (Holdfast holdfast = start();
        Page eve = new Page(holdfast.port(), "eve", 0)) {
      for (String name : List.of("", "%1F", "x".repeat(41), "x".repeat(2_000))) {
        try (Page ann = new Page(holdfast.port(), name, 0)) {
          assertThat(ann.next("none").asString())
              .startsWith("closed 4400 a name has 1 to 40 characters");
        }
      }
      try (Page ann = new Page(holdfast.port(), "ann", "x".repeat(200))) {
        assertThat(ann.next("none").asString()).isEqualTo("closed 4400 seen is not a number");
      }
      eve.say(1, "hello");
      eve.untilHere("1: eve");
      try (Page _ = new Page(holdfast.port(), "bob", 0)) {
        eve.untilHere("2: eve bob");
      }
    }
  }

  @Test
  void rooms_have_pages_and_sockets() throws Exception {
    try (Holdfast holdfast = start()) {
      assertThat(get(holdfast, "/rooms/lobby")).startsWith("200 <!doctype html>");
      assertThat(get(holdfast, "/rooms?room=a+b/c")).startsWith("303 ");
      assertThat(get(holdfast, "/rooms?room=")).startsWith("400 the name of a room");
      assertThat(get(holdfast, "/rooms/" + "x".repeat(65))).startsWith("400 the name of a room");
      assertThat(get(holdfast, "/rooms/lobby/socket?author=1&name=ann")).startsWith("426 ");
      for (String path : List.of("/rooms?room=.", "/rooms?room=..", "/rooms/..", "/rooms/%2e")) {
        assertThat(get(holdfast, path)).as(path).startsWith("400 no room is named '.");
      }
      for (String path : List.of("/rooms/lobby/other", "/rooms/lobby/", "/other", "/")) {
        assertThat(get(holdfast, path)).as(path).startsWith("404 nothing is here");
      }
      HttpRequest head =
          HttpRequest.newBuilder(URI.create("http://localhost:" + holdfast.port() + "/rooms/lobby"))
              .HEAD()
              .build();
      try (HttpClient client = HttpClient.newHttpClient()) {
        assertThat(client.send(head, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void pages_of_other_sites_get_no_socket() throws Exception {
    try (Holdfast holdfast = start()) {
      String path = "/rooms/lobby/socket?author=1&name=ann";
      String host = "localhost:" + holdfast.port();
      for (String site :
          List.of("http://" + host, "https://" + host, "http://LOCALHOST:" + holdfast.port())) {
        assertThat(get(holdfast, path, "Origin", site)).as(site).startsWith("426 ");
      }
      for (String site :
          List.of(
              "https://example.org",
              "null",
              "",
              "http://" + host + "0",
              "http://localhost",
              host)) {
        assertThat(get(holdfast, path, "Origin", site)).as(site).startsWith("403 ");
      }
    }
  }

  private static String get(Holdfast holdfast, String path, String... headers)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://localhost:" + holdfast.port() + path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      var response = client.send(request.build(), BodyHandlers.ofString());
      return response.statusCode() + " " + response.body();
    }
  }
}
