// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} in the middle of a conversation. */
@ExtendWith(Browser.Shared.class)
class CrashTest {
  private static final int BEFORE_A_CRASH = 25; // messages of each page, at least
  private static final int CRASHES = 2;

  /**
   * A page that goes on writing "Ada 1", "Ada 2", …, a few ahead of what is sent, and notes all
   * that it has ever shown as sent.
   */
  private static final String TALK =
      """
      const log = document.getElementById("log"), name = arguments[0];
      window.neverReloaded = true;
      window.shown = [];
      new MutationObserver(changes => {
        for (const { addedNodes } of changes) {
          for (const item of addedNodes) {
            if (item.dataset.number) shown.push(item.querySelector(".text").textContent);
          }
        }
      }).observe(log, { childList: true });
      window.written = 0;
      window.talk = setInterval(() => {
        if (log.querySelectorAll(".pending").length >= 10) return;
        document.getElementById("text").value = `${name} ${++written}`;
        document.getElementById("composer").requestSubmit();
      }, 40);
      """;

  private final Browser browser;

  CrashTest(Browser browser) {
    this.browser = browser;
  }

  @Test
  void no_message_that_was_shown_as_sent_is_lost_doubled_or_moved(@TempDir Path folder)
      throws Exception {
    try (ChatServer server = ChatServer.start(folder);
        ChatPage ada = ChatPage.join(browser, server.port(), "crash", "Ada");
        ChatPage ben = ChatPage.join(browser, server.port(), "crash", "Ben")) {
      var _ = ada.script(TALK, "Ada");
      var _ = ben.script(TALK, "Ben");
      for (int crash = 1; crash <= CRASHES; crash++) {
        untilEachHasSent(crash * BEFORE_A_CRASH, ada, ben);
        List<String> shown = shown(ada);
        server.kill();
        ada.untilAway();
        ben.untilAway();
        assertThat(shown(ada)).startsWith(shown.toArray(String[]::new));
        server.start();
      }
      untilEachHasSent((CRASHES + 1) * BEFORE_A_CRASH, ada, ben);
      List<String> all = new ArrayList<>(silence(ada, "Ada"));
      all.addAll(silence(ben, "Ben"));
      ada.until(() -> assertThat(shown(ada)).hasSize(all.size()));
      ben.until(() -> assertThat(shown(ben)).hasSize(all.size()));

      List<String> conversation = shown(ada);
      assertThat(conversation).containsExactlyInAnyOrderElementsOf(all);
      assertThat(all).containsSubsequence(of("Ada", conversation));
      assertThat(all).containsSubsequence(of("Ben", conversation));
      assertThat(shown(ben)).isEqualTo(conversation);
      assertThat(ada.pending()).isEmpty();
      assertThat(ben.pending()).isEmpty();
      assertThat(ada.script("return window.neverReloaded")).isEqualTo(true);
      assertThat(ben.script("return window.neverReloaded")).isEqualTo(true);
      try (ChatPage eve = ChatPage.join(browser, server.port(), "crash", "Eve")) {
        eve.until(
            () -> {
              var _ = eve.script("document.getElementById('scroller').scrollTop = 0");
              assertThat(eve.sent()).isEqualTo(conversation);
            });
        eve.untilHere("3 here: Ada, Ben and you", "3 here: Ben, Ada and you");
      }
    }
  }

  private static void untilEachHasSent(int messages, ChatPage ada, ChatPage ben) {
    ada.until(() -> assertThat(of("Ada", shown(ada))).hasSizeGreaterThanOrEqualTo(messages));
    ben.until(() -> assertThat(of("Ben", shown(ben))).hasSizeGreaterThanOrEqualTo(messages));
  }

  private static List<String> of(String name, List<String> messages) {
    return messages.stream().filter(message -> message.startsWith(name)).toList();
  }

  /** Lets a page write no more. Returns all that it has written, in order. */
  private static List<String> silence(ChatPage page, String name) {
    Object written = page.script("clearInterval(talk); return written");
    return IntStream.rangeClosed(1, Math.toIntExact((Long) Objects.requireNonNull(written)))
        .mapToObj(number -> name + " " + number)
        .toList();
  }

  @SuppressWarnings("unchecked")
  private static List<String> shown(ChatPage page) {
    return (List<String>) Objects.requireNonNull(page.script("return window.shown"));
  }
}
