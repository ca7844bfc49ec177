// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.browser;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * A headless Chromium, one for all tests of a run: a test class takes it as a parameter. Test
 * thread only.
 */
final class Browser implements AutoCloseable {
  /**
   * It warns of versions of Chromium for which it has no typed protocol, which nothing here uses.
   */
  private static final Logger DEVTOOLS = Logger.getLogger("org.openqa.selenium.devtools");

  static {
    DEVTOOLS.setLevel(Level.SEVERE);
  }

  private final ChromeDriver driver;
  private final Path profile;

  private Browser(ChromeDriver driver, Path profile) {
    this.driver = driver;
    this.profile = profile;
  }

  /** Hands the browser to tests. JUnit closes it after the last one. */
  static final class Shared implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Browser.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.GLOBAL)
          .computeIfAbsent(Browser.class, _ -> start(), Browser.class);
    }
  }

  private static Browser start() {
    try {
      List<String> paths = find();
      Path profile = Files.createTempDirectory("holdfast-chromium");
      ChromeOptions options = new ChromeOptions();
      options.setBinary(paths.getFirst());
      options.addArguments(
          "--headless",
          "--no-sandbox", // which root may not use
          "--disable-dev-shm-usage",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          // Every window is one that somebody looks at.
          "--disable-background-timer-throttling",
          "--disable-backgrounding-occluded-windows",
          "--disable-renderer-backgrounding",
          "--lang=en-GB",
          "--window-size=1000,760",
          "--user-data-dir=" + profile);
      ChromeDriverService service =
          new ChromeDriverService.Builder()
              .usingDriverExecutable(new File(paths.getLast()))
              .usingAnyFreePort()
              .build();
      return new Browser(new ChromeDriver(service, options), profile);
    } catch (IOException e) {
      throw new IllegalStateException("cannot start Chromium", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Chromium started", e);
    }
  }

  private static List<String> find() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(Path.of("..", "scripts", "find-chromium").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> paths = process.inputReader().readAllLines();
    if (process.waitFor() != 0) {
      throw new IllegalStateException(
          "these tests need Chromium and chromedriver, and scripts/find-chromium found none; install them (Debian: apt-get install chromium chromium-driver)");
    }
    return paths;
  }

  /** A new window, empty. */
  String newWindow() {
    driver.switchTo().window(driver.getWindowHandles().iterator().next());
    return driver.switchTo().newWindow(WindowType.WINDOW).getWindowHandle();
  }

  /** What drives the browser, turned to that window. */
  ChromeDriver at(String window) {
    driver.switchTo().window(window);
    return driver;
  }

  @Override
  public void close() throws IOException {
    driver.quit();
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
