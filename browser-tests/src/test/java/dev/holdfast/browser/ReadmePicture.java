// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.OutputType;

/**
 * Takes the picture of README.md, when it is asked for by its name: {@code ./mvnw -pl browser-tests
 * -am test -Dtest=ReadmePicture -Dsurefire.failIfNoSpecifiedTests=false}. The parts of it are left
 * in target/. It looks best where the font Inter is installed.
 */
@ExtendWith(Browser.Shared.class)
class ReadmePicture {
  private static final Path PICTURE = Path.of("..", "docs", "images", "chat.png");
  private static final int LARGEST_BYTES = 200 * 1024;

  private final Browser browser;

  ReadmePicture(Browser browser) {
    this.browser = browser;
  }

  @Test
  void take(@TempDir Path folder) throws IOException {
    try (ChatServer server = ChatServer.start(folder);
        ChatPage ada = ChatPage.join(browser, server.port(), "launch", "Ada");
        ChatPage grace = ChatPage.join(browser, server.port(), "launch", "Grace");
        ChatPage linus = ChatPage.join(browser, server.port(), "launch", "Linus")) {
      ada.become(820, 700, false, "light");
      grace.become(340, 700, true, "dark");
      for (ChatPage page : List.of(ada, grace, linus)) {
        liveInTheMorning(page);
      }
      say(ada, "Morning! Is the room still up after last night?");
      say(linus, "I ran kill -9 on it. Twice.");
      say(grace, "And? My page went on by itself.");
      say(linus, "Nothing lost, nothing twice. I counted.");
      say(ada, "So we can show it today?");
      say(grace, "Yes. One class, no database, and it sleeps when we do.");
      say(ada, "Then I'll open the lobby: http://localhost:8080");
      ada.untilHere("3 here: Grace, Linus and you");
      linus.element("#text").sendKeys("Give me");
      ada.until(() -> assertThat(ada.text("#typing")).isEqualTo("Linus is typing"));
      grace.until(() -> assertThat(grace.text("#typing")).isEqualTo("Linus is typing"));
      for (ChatPage page : List.of(ada, grace)) {
        var _ = page.script("document.activeElement.blur()");
      }
      String desktop = picture(ada, "chat-desktop.png");
      String phone = picture(grace, "chat-phone.png");
      variants(ada, grace);
      compose(linus, desktop, phone);
    }
  }

  /** In a zone where it is about ten o'clock; such zones go from 12 hours behind to 14 ahead. */
  private static void liveInTheMorning(ChatPage page) {
    int hour = Instant.now().atOffset(ZoneOffset.UTC).getHour();
    int offset = Math.floorMod(10 - hour + 12, 24) - 12;
    String zone = "Etc/GMT" + (offset > 0 ? "-" : "+") + Math.abs(offset);
    var _ =
        page.driver()
            .executeCdpCommand("Emulation.setTimezoneOverride", Map.of("timezoneId", zone));
    var _ =
        page.driver().executeCdpCommand("Emulation.setLocaleOverride", Map.of("locale", "en-GB"));
    page.reload();
  }

  private static void say(ChatPage page, String message) {
    page.writeAll(List.of(message));
    page.until(() -> assertThat(page.pending()).isEmpty());
  }

  /** Other looks, for who changes the style. */
  private static void variants(ChatPage ada, ChatPage grace) throws IOException {
    ada.become(820, 700, false, "dark");
    var _ = picture(ada, "chat-desktop-dark.png");
    grace.become(340, 700, true, "light");
    var _ = picture(grace, "chat-phone-light.png");
    grace.element(".back").click();
    grace.until(() -> assertThat(grace.text("h1")).isEqualTo("Which room?"));
    var _ = picture(grace, "chat-lobby.png");
    ada.element("#me").click();
    var _ = picture(ada, "chat-name.png");
  }

  private static String picture(ChatPage page, String name) throws IOException {
    byte[] png = page.driver().getScreenshotAs(OutputType.BYTES);
    Files.write(Path.of("target", name), png);
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
  }

  /** Both side by side, on a ground of their own, in a window that is only there for that. */
  private static void compose(ChatPage frame, String desktop, String phone) throws IOException {
    var driver = frame.driver();
    driver.get("about:blank");
    var _ =
        driver.executeCdpCommand(
            "Emulation.setDeviceMetricsOverride",
            Map.of("width", 1256, "height", 764, "deviceScaleFactor", 1.2, "mobile", false));
    var _ =
        driver.executeAsyncScript(
            """
            const done = arguments[2];
            document.body.style =
                "margin:0;height:764px;display:flex;gap:32px;align-items:center;justify-content:center;background:#dfe3f3";
            const pictures = [[arguments[0], 820], [arguments[1], 340]].map(([source, width]) => {
              const image = new Image(width, 700);
              image.src = source;
              image.style = "border-radius:16px;box-shadow:0 12px 24px #1a1d3a30";
              document.body.append(image);
              return image.decode();
            });
            Promise.all(pictures).then(() => requestAnimationFrame(() => requestAnimationFrame(done)));
            """,
            desktop,
            phone);
    byte[] png = driver.getScreenshotAs(OutputType.BYTES);
    assertThat(png.length).as("bytes of the picture").isLessThan(LARGEST_BYTES);
    Files.createDirectories(PICTURE.getParent());
    Files.write(PICTURE, png);
  }
}
