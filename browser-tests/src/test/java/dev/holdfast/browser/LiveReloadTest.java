// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A source is saved in the middle of a conversation. */
@ExtendWith(Browser.Shared.class)
class LiveReloadTest {
  /** Notes when a page is not connected, or is loaded again. */
  private static final String WATCH =
      """
      window.stayed = true;
      new MutationObserver(() => window.stayed = false)
          .observe(document.body, { attributes: true, attributeFilter: ["data-connection"] });
      """;

  private final Browser browser;

  LiveReloadTest(Browser browser) {
    this.browser = browser;
  }

  @Test
  void a_room_gets_new_code_while_its_pages_stay_connected(@TempDir Path folder) throws Exception {
    try (ChatServer server = ChatServer.start(folder, "dev");
        ChatPage ada = ChatPage.join(browser, server.port(), "reload", "Ada");
        ChatPage ben = ChatPage.join(browser, server.port(), "reload", "Ben")) {
      var _ = ada.script(WATCH);
      var _ = ben.script(WATCH);
      ada.write("before");
      ben.untilSent("before");

      server.edit(
          "src/main/java/chat/ChatRoom.java", "say.text().strip()", "say.text().toUpperCase()");

      List<String> written = new ArrayList<>(List.of("before"));
      ada.until(
          () -> {
            String message = "word " + written.size();
            ada.write(message);
            written.add(message);
            ada.until(() -> assertThat(ada.sent()).hasSameSizeAs(written));
            assertThat(ada.sent().getLast()).isEqualTo(message.toUpperCase(Locale.ROOT));
          });
      ben.write("and now?");
      written.add("and now?");
      ada.until(() -> assertThat(ada.sent()).hasSameSizeAs(written).endsWith("AND NOW?"));
      ben.until(() -> assertThat(ben.sent()).isEqualTo(ada.sent()));
      assertThat(ada.sent()).usingElementComparator(String::compareToIgnoreCase).isEqualTo(written);
      assertThat(ada.script("return window.stayed")).isEqualTo(true);
      assertThat(ben.script("return window.stayed")).isEqualTo(true);
    }
  }
}
