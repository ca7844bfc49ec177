// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

/** A window with a room, and the person before it. Test thread only. */
final class ChatPage implements AutoCloseable {
  /** Far more than anything takes; what is waited for is a condition. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Browser browser;
  private final String window;

  private ChatPage(Browser browser, String window) {
    this.browser = browser;
    this.window = window;
  }

  /** Opens a room in a new window and gives a name. Returns when the page is connected. */
  static ChatPage join(Browser browser, int port, String room, String name) {
    ChatPage page = new ChatPage(browser, browser.newWindow());
    String path = URLEncoder.encode(room, StandardCharsets.UTF_8).replace("+", "%20");
    page.driver().get("http://localhost:%d/rooms/%s".formatted(port, path));
    page.answer(name);
    return page;
  }

  /** Answers the question for a name. Returns when the page is connected. */
  void answer(String name) {
    element("#name").clear();
    element("#name").sendKeys(name + Keys.ENTER);
    untilConnected();
  }

  ChromeDriver driver() {
    return browser.at(window);
  }

  WebElement element(String css) {
    return driver().findElement(By.cssSelector(css));
  }

  @Nullable Object script(String script, Object... arguments) {
    return driver().executeScript(script, arguments);
  }

  /** The text of an element as a person sees it. */
  String text(String css) {
    return element(css).getText();
  }

  /** Types a message and sends it with the keyboard. */
  void write(String message) {
    element("#text").sendKeys(message + Keys.ENTER);
  }

  /** Writes messages faster than a person could. */
  void writeAll(List<String> messages) {
    script(
        """
        for (const message of arguments[0]) {
          document.getElementById("text").value = message;
          document.getElementById("composer").requestSubmit();
        }
        """,
        messages);
  }

  /** The messages in the log that are shown as sent, in order. */
  List<String> sent() {
    return texts("#log > [data-number] .text");
  }

  /** The messages in the log that are shown as not sent yet, in order. */
  List<String> pending() {
    return texts("#log > .pending .text");
  }

  @SuppressWarnings("unchecked")
  List<String> texts(String css) {
    return (List<String>)
        Objects.requireNonNull(
            script(
                "return [...document.querySelectorAll(arguments[0])].map(found => found.textContent)",
                css));
  }

  void untilSent(String... messages) {
    until(() -> assertThat(sent()).containsExactly(messages));
  }

  void untilConnected() {
    until(() -> assertThat(element("body").getDomAttribute("data-connection")).isEqualTo("open"));
  }

  void untilAway() {
    until(() -> assertThat(element("body").getDomAttribute("data-connection")).isEqualTo("away"));
  }

  /** Waits until the page tells who is here, in one of those ways. */
  void untilHere(String... texts) {
    until(() -> assertThat(text("#here")).isIn((Object[]) texts));
  }

  /** Waits until what is asserted holds. */
  void until(ThrowingRunnable asserted) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).untilAsserted(asserted);
  }

  void reload() {
    driver().navigate().refresh();
    untilConnected();
  }

  /**
   * Gives the window another size, in CSS pixels, and another colour scheme.
   *
   * @param phone whether it is that of a phone
   * @param scheme light or dark
   */
  void become(int width, int height, boolean phone, String scheme) {
    var _ =
        driver()
            .executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 2, "mobile", phone));
    var _ =
        driver()
            .executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                    "features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  @Override
  public void close() {
    driver().close();
  }
}
