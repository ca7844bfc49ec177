// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A network that fails between a page and its room. Ada's does, Ben's does not. */
@ExtendWith(Browser.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectionTest {
  private final Browser browser;
  private final ChatServer server;
  private final Wire wire;

  ConnectionTest(Browser browser, @TempDir Path folder) throws IOException {
    this.browser = browser;
    this.server = ChatServer.start(folder);
    this.wire = new Wire(server.port());
  }

  @AfterAll
  void stop() {
    wire.close();
    server.close();
  }

  @Test
  void what_was_written_and_missed_meanwhile_arrives_once_and_in_order() {
    try (ChatPage ada = ChatPage.join(browser, wire.port(), "cut", "Ada");
        ChatPage ben = ChatPage.join(browser, server.port(), "cut", "Ben")) {
      ada.write("before");
      ben.untilSent("before");
      wire.cut();
      ada.untilAway();
      ben.untilHere("Only you");
      List<String> missed = IntStream.rangeClosed(1, 120).mapToObj(n -> "missed " + n).toList();
      ben.writeAll(missed);
      ben.until(() -> assertThat(ben.sent()).hasSize(121));
      ada.write("meanwhile 1");
      ada.write("meanwhile 2");
      assertThat(ada.sent()).containsExactly("before");
      assertThat(ada.pending()).containsExactly("meanwhile 1", "meanwhile 2");
      ada.until(() -> assertThat(ada.text("#connection")).contains("Trying again"));
      wire.mend();
      String[] all =
          Stream.of(List.of("before"), missed, List.of("meanwhile 1", "meanwhile 2"))
              .flatMap(List::stream)
              .toArray(String[]::new);
      ada.untilSent(all);
      ben.untilSent(all);
      assertThat(ada.pending()).isEmpty();
      assertThat(ada.element("#connection").isDisplayed()).isFalse();
      ben.untilHere("2 here: Ada and you");
    }
  }

  @Test
  void a_message_whose_answer_is_lost_is_posted_once() {
    try (ChatPage ada = ChatPage.join(browser, wire.port(), "silence", "Ada");
        ChatPage ben = ChatPage.join(browser, server.port(), "silence", "Ben")) {
      wire.silence();
      ada.write("did you get this?");
      ben.untilSent("did you get this?");
      assertThat(ada.pending()).containsExactly("did you get this?");
      // The browser tells pages so when a network comes back; they look whether it is true for
      // them.
      var _ = ada.script("window.dispatchEvent(new Event('online'))");
      ada.untilSent("did you get this?");
      ada.write("once");
      ben.untilSent("did you get this?", "once");
      ada.untilSent("did you get this?", "once");
      assertThat(ada.pending()).isEmpty();
    }
  }

  @Test
  void a_message_whose_answer_is_lost_is_posted_once_also_where_the_page_gets_it_no_more() {
    List<String> more = IntStream.rangeClosed(1, 60).mapToObj(n -> "more " + n).toList();
    try (ChatPage ada = ChatPage.join(browser, wire.port(), "long ago", "Ada");
        ChatPage ben = ChatPage.join(browser, server.port(), "long ago", "Ben")) {
      wire.silence();
      ada.write("did you get this?");
      ben.untilSent("did you get this?");
      ben.writeAll(more);
      ben.until(() -> assertThat(ben.sent()).hasSize(61));
      ada.reload();
      ada.write("once");
      ada.until(() -> assertThat(ada.sent()).endsWith("more 60", "once"));
      ben.until(() -> assertThat(ben.sent()).hasSize(62).endsWith("more 60", "once"));
      assertThat(ada.pending()).isEmpty();
    }
  }

  @Test
  void a_room_whose_data_was_deleted_is_shown_as_it_is_now() throws IOException {
    try (ChatPage ada = ChatPage.join(browser, wire.port(), "anew", "Ada")) {
      ada.write("of the old room");
      ada.untilSent("of the old room");
      wire.cut();
      ada.untilAway();
      server.kill();
      server.deleteData();
      server.start();
      try (ChatPage ben = ChatPage.join(browser, server.port(), "anew", "Ben")) {
        ben.writeAll(List.of("one", "two", "three"));
        ben.untilSent("one", "two", "three");
        wire.mend();
        ada.untilSent("one", "two", "three");
        ada.write("four");
        ben.untilSent("one", "two", "three", "four");
        ada.untilSent("one", "two", "three", "four");
      }
    }
  }

  @Test
  void what_was_not_sent_yet_outlives_a_reload() {
    try (ChatPage ada = ChatPage.join(browser, wire.port(), "reload", "Ada");
        ChatPage ben = ChatPage.join(browser, server.port(), "reload", "Ben")) {
      ada.write("before");
      ada.untilSent("before");
      wire.silence();
      ada.write("sent, who knows");
      ben.untilSent("before", "sent, who knows");
      assertThat(ada.pending()).containsExactly("sent, who knows");
      ada.reload();
      ada.until(() -> assertThat(ada.pending()).isEmpty());
      ada.untilSent("before", "sent, who knows");
      ben.untilSent("before", "sent, who knows");
    }
  }
}
