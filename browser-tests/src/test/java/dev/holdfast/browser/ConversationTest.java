// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** People in a room. Each test has a room of its own. */
@ExtendWith(Browser.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConversationTest {
  private final Browser browser;
  private final ChatServer server;

  ConversationTest(Browser browser, @TempDir Path folder) throws IOException {
    this.browser = browser;
    this.server = ChatServer.start(folder);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private ChatPage join(String room, String name) {
    return ChatPage.join(browser, server.port(), room, name);
  }

  @Test
  void two_people_chat_and_see_who_is_here() {
    try (ChatPage ada = join("two", "Ada")) {
      ada.untilHere("Only you");
      try (ChatPage ben = join("two", "Ben")) {
        ada.untilHere("2 here: Ben and you");
        ben.untilHere("2 here: Ada and you");
        ada.write("Hello Ben");
        ben.untilSent("Hello Ben");
        assertThat(ben.texts("#log .name")).containsExactly("Ada");
        ben.write("Hello Ada");
        ada.untilSent("Hello Ben", "Hello Ada");
        ben.untilSent("Hello Ben", "Hello Ada");
        assertThat(ada.pending()).isEmpty();
      }
      ada.untilHere("Only you");
    }
  }

  @Test
  void who_types_is_shown_until_the_message_comes_or_no_key_is_pressed_any_more() {
    try (ChatPage ada = join("typing", "Ada");
        ChatPage ben = join("typing", "Ben")) {
      ada.element("#text").sendKeys("Hel");
      ben.until(() -> assertThat(ben.text("#typing")).isEqualTo("Ada is typing"));
      assertThat(ada.element("#typing").isDisplayed()).isFalse();
      ada.element("#text").sendKeys("lo" + Keys.ENTER);
      ben.untilSent("Hello");
      ben.until(() -> assertThat(ben.element("#typing").isDisplayed()).isFalse());
      ada.element("#text").sendKeys("Well, no");
      ben.until(() -> assertThat(ben.element("#typing").isDisplayed()).isTrue());
      ben.until(() -> assertThat(ben.element("#typing").isDisplayed()).isFalse());
    }
  }

  @Test
  void who_joins_later_gets_the_end_of_the_history_and_the_rest_by_scrolling_up() {
    List<String> messages = IntStream.rangeClosed(1, 180).mapToObj(n -> "message " + n).toList();
    try (ChatPage ada = join("history", "Ada")) {
      ada.writeAll(messages);
      ada.until(() -> assertThat(ada.sent()).isEqualTo(messages));
      try (ChatPage ben = join("history", "Ben")) {
        assertThat(ben.sent()).endsWith("message 180").doesNotContain("message 1");
        ben.until(
            () -> {
              var _ = ben.script("document.getElementById('scroller').scrollTop = 0");
              assertThat(ben.sent()).isEqualTo(messages);
            });
        ada.write("and one more");
        ben.until(() -> assertThat(ben.text("#unread")).isEqualTo("1 new message ↓"));
        ben.element("#unread").click();
        ben.until(() -> assertThat(ben.element("#unread").isDisplayed()).isFalse());
      }
    }
  }

  @Test
  void a_reload_keeps_who_one_is_and_what_was_said() {
    try (ChatPage ada = join("reload", "Ada")) {
      ada.write("before");
      ada.untilSent("before");
      ada.reload();
      ada.untilSent("before");
      ada.write("after");
      ada.untilSent("before", "after");
      assertThat(ada.texts("#log .mine .text")).containsExactly("before", "after");
      ada.untilHere("Only you");
    }
  }

  @Test
  void what_looks_like_html_is_shown_as_it_was_written() {
    String image = "<img src=x onerror=\"hacked=true\">";
    String script = "<script>hacked=true</script> & more";
    try (ChatPage ada = join("<b>room</b>", image);
        ChatPage ben = join("<b>room</b>", "Ben")) {
      ada.write(script);
      ada.write(image);
      ben.untilSent(script, image);
      ben.untilHere("2 here: " + image + " and you");
      assertThat(ben.text("#room")).contains("<b>room</b>");
      assertThat(ben.texts("#log .name").getFirst()).isEqualTo(image);
      for (ChatPage page : List.of(ada, ben)) {
        assertThat(page.driver().findElements(By.cssSelector("#log img, #log script"))).isEmpty();
        assertThat(page.script("return window.hacked")).isNull();
      }
    }
  }

  @Test
  void an_address_in_a_message_is_a_link() {
    try (ChatPage ada = join("links", "Ada")) {
      ada.write("see https://example.org/a?b=c, or javascript:alert(1)");
      ada.untilSent("see https://example.org/a?b=c, or javascript:alert(1)");
      assertThat(ada.texts("#log a")).containsExactly("https://example.org/a?b=c");
    }
  }

  @Test
  void a_name_can_be_changed() {
    try (ChatPage ada = join("rename", "Ada");
        ChatPage ben = join("rename", "Ben")) {
      ben.element("#me").click();
      ben.answer("Benjamin");
      ada.untilHere("2 here: Benjamin and you");
      ben.write("It is still me");
      ada.untilSent("It is still me");
      assertThat(ada.texts("#log .name")).containsExactly("Benjamin");
    }
  }

  @Test
  void who_is_refused_is_told_why_and_may_take_another_name() {
    try (ChatPage ada = join("refused", "Ada")) {
      var _ =
          ada.script(
              """
              document.getElementById("me").click();
              document.getElementById("name").value = "\\u001f";
              document.querySelector("#join button").click();
              """);
      ada.until(
          () -> assertThat(ada.text("#connection")).contains("a name has 1 to 40 characters"));
      ada.element("#me").click();
      ada.answer("Ada");
      assertThat(ada.element("#connection").isDisplayed()).isFalse();
      ada.untilHere("Only you");
    }
  }

  @Test
  void the_lobby_leads_to_a_room() {
    try (ChatPage ada = join("any", "Ada")) {
      ada.element(".back").click();
      ada.until(() -> assertThat(ada.text("h1")).isEqualTo("Which room?"));
      ada.element("#room").sendKeys("a room/of one's own" + Keys.ENTER);
      ada.untilConnected();
      assertThat(ada.text("#room")).isEqualTo("a room/of one's own");
      ada.write("here");
      ada.untilSent("here");
    }
  }

  @Test
  void it_fits_a_phone() {
    for (int width : List.of(360, 320)) {
      try (ChatPage ada = join("phone", "Somebody whose name takes forty characters")) {
        ada.become(width, 640, true, "dark");
        ada.write("W".repeat(300));
        ada.until(() -> assertThat(ada.pending()).isEmpty());
        assertThat(ada.script("return document.documentElement.scrollWidth"))
            .isEqualTo((long) width);
        assertThat(ada.script("return document.getElementById('scroller').scrollWidth"))
            .isEqualTo((long) width);
        assertThat(
                ada.script(
                    """
                    const box = document.getElementById("composer").getBoundingClientRect();
                    return box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight
                        && box.height > 40;
                    """))
            .isEqualTo(true);
      }
    }
  }
}
