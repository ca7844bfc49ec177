// SPDX-License-Identifier: Apache-2.0
package shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code holdfast run} with the example, as a process of its own: its libraries are the app's, and
 * are found by its class loader.
 */
class KilledShopTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int STOCK = 1_000_000;

  @TempDir private Path app;

  @BeforeEach
  void copyTheExample() throws IOException {
    copy(Path.of("holdfast.toml"), app.resolve("holdfast.toml"));
    copy(Path.of("src", "main"), app.resolve("src").resolve("main"));
    Path libraries = Files.createDirectories(app.resolve("lib"));
    for (String jar : System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
      Path library = Path.of(jar);
      if (library
          .toString()
          .matches(".*(flyway|jdbi3|geantyref|jooq|r2dbc|reactive|jackson).*jar")) {
        copy(library, libraries.resolve(library.getFileName()));
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  private Process start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.holdfast.server.cli.Main",
            "run",
            app.toString(),
            "--host=localhost",
            "--port=0"));
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.appendTo(app.resolve("log").toFile()))
        .start();
  }

  private URI shop(Process process) throws IOException {
    BufferedReader lines = process.inputReader();
    String line = lines.readLine();
    while (line != null && !line.contains(" serves ")) {
      line = lines.readLine();
    }
    assertThat(line).as(log()).isNotNull();
    return URI.create(line.replaceFirst(".* serves (\\S+),.*", "$1")).resolve("/shops/a/");
  }

  private String log() throws IOException {
    return Files.readString(app.resolve("log"));
  }

  private static String send(HttpClient client, String method, URI uri, String body)
      throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(uri).method(method, BodyPublishers.ofString(body)).build(),
            BodyHandlers.ofString())
        .body();
  }

  @Test
  void a_shop_that_is_killed_keeps_all_orders_it_has_confirmed_and_its_books_agree()
      throws Exception {
    Set<Long> confirmed = new ConcurrentSkipListSet<>();
    Process first = start();
    URI shop = shop(first);
    try (HttpClient client = HttpClient.newHttpClient()) {
      send(
          client,
          "POST",
          shop.resolve("stock"),
          "{\"name\":\"tea\",\"price\":300,\"quantity\":%d}".formatted(STOCK));
      CountDownLatch some = new CountDownLatch(50);
      List<Thread> customers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        customers.add(
            Thread.ofVirtual().start(() -> orderUntilItFails(client, shop, confirmed, some)));
      }
      some.await();
      first.destroyForcibly();
      first.waitFor();
      for (Thread customer : customers) {
        customer.join();
      }
    }
    assertThat(confirmed).as(log()).hasSizeGreaterThanOrEqualTo(50);

    Process second = start();
    URI again = shop(second);
    try (HttpClient client = HttpClient.newHttpClient()) {
      JsonNode orders = JSON.readTree(send(client, "GET", again.resolve("orders"), ""));
      JsonNode sold = JSON.readTree(send(client, "GET", again.resolve("sales"), "")).path(0);
      JsonNode stock = JSON.readTree(send(client, "GET", again.resolve("stock"), "")).path(0);
      long last = orders.path(0).path("number").asLong();
      assertThat(last).isGreaterThanOrEqualTo(new TreeSet<>(confirmed).last());
      assertThat(sold.path("quantity").asLong()).as("one for each order").isEqualTo(last);
      assertThat(stock.path("quantity").asLong()).isEqualTo(STOCK - last);
      assertThat(JSON.readTree(order(client, again)).path("number").asLong()).isEqualTo(last + 1);
    }
    second.destroy();
    assertThat(second.waitFor()).as(log()).isEqualTo(143);
    assertThat(log()).doesNotContain(" ERROR ").contains("Successfully applied 2 migrations");
  }

  private static void orderUntilItFails(
      HttpClient client, URI shop, Set<Long> confirmed, CountDownLatch some) {
    try {
      while (true) {
        confirmed.add(JSON.readTree(order(client, shop)).path("number").asLong());
        some.countDown();
      }
    } catch (IOException e) {
      // The shop was killed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String order(HttpClient client, URI shop)
      throws IOException, InterruptedException {
    return send(
        client,
        "POST",
        shop.resolve("orders"),
        "{\"customer\":\"ann\",\"lines\":[{\"item\":\"tea\",\"quantity\":1}]}");
  }
}
