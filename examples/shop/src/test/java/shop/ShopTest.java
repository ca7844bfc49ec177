// SPDX-License-Identifier: Apache-2.0
package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Holdfast;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ShopTest {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir private Path data;
  private Holdfast holdfast;

  @BeforeEach
  void start() {
    holdfast =
        Holdfast.builder()
            .object("Shop", Shop.class, ShopObject::new)
            .worker(ShopWorker::new)
            .data(data)
            .port(0)
            .start();
  }

  @AfterEach
  void stop() {
    holdfast.close();
    client.close();
  }

  private Shop shop(String name) {
    return holdfast.objects(Shop.class).getByName(name);
  }

  private static NewOrder order(String customer, Object... itemsAndQuantities) {
    List<NewOrder.Line> lines = new ArrayList<>();
    for (int i = 0; i < itemsAndQuantities.length; i += 2) {
      lines.add(new NewOrder.Line((String) itemsAndQuantities[i], (int) itemsAndQuantities[i + 1]));
    }
    return new NewOrder(customer, lines);
  }

  private HttpRequest request(String method, String path, String body) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + holdfast.port() + path))
        .method(method, BodyPublishers.ofString(body))
        .build();
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    return client.send(request(method, path, body), BodyHandlers.ofString());
  }

  @Test
  void an_order_is_taken_out_of_stock_and_listed_and_counted_as_sold() throws Exception {
    HttpResponse<String> stocked =
        send("POST", "/shops/a/stock", "{\"name\":\"tea\",\"price\":300,\"quantity\":10}");
    assertThat(stocked.statusCode()).isEqualTo(200);
    assertThat(stocked.headers().firstValue("Content-Type")).hasValue("application/json");
    send("POST", "/shops/a/stock", "{\"name\":\"cup\",\"price\":800,\"quantity\":2}");
    HttpResponse<String> placed =
        send(
            "POST",
            "/shops/a/orders",
            "{\"customer\":\"ann\",\"lines\":[{\"item\":\"tea\",\"quantity\":3},{\"item\":\"cup\",\"quantity\":1}]}");
    assertThat(placed.statusCode()).as(placed.body()).isEqualTo(201);
    JsonNode order = JSON.readTree(placed.body());
    assertThat(order.path("number").asLong()).isEqualTo(1);
    assertThat(order.path("lines").path(0).path("price").asInt()).isEqualTo(300);

    assertThat(JSON.readTree(send("GET", "/shops/a/stock", "").body()).toString())
        .isEqualTo(
            "[{\"name\":\"cup\",\"price\":800,\"quantity\":1},{\"name\":\"tea\",\"price\":300,\"quantity\":7}]");
    JsonNode orders = JSON.readTree(send("GET", "/shops/a/orders", "").body());
    assertThat(orders.size()).isEqualTo(1);
    assertThat(orders.path(0).path("customer").asString()).isEqualTo("ann");
    assertThat(orders.path(0).path("placedAt")).isEqualTo(order.path("placedAt"));
    assertThat(orders.path(0).path("lines").toString())
        .isEqualTo(
            "[{\"item\":\"cup\",\"quantity\":1,\"price\":800},{\"item\":\"tea\",\"quantity\":3,\"price\":300}]");
    assertThat(send("GET", "/shops/a/sales", "").body())
        .isEqualTo(
            "[{\"item\":\"tea\",\"quantity\":3,\"revenue\":900},{\"item\":\"cup\",\"quantity\":1,\"revenue\":800}]");
    assertThat(send("GET", "/shops/b/stock", "").body()).as("another shop").isEqualTo("[]");
  }

  @Test
  void an_order_that_cannot_be_served_leaves_nothing() throws Exception {
    shop("a").restock(new Item("tea", 300, 10));
    shop("a").restock(new Item("cup", 800, 1));
    HttpResponse<String> refused =
        send(
            "POST",
            "/shops/a/orders",
            "{\"customer\":\"ann\",\"lines\":[{\"item\":\"tea\",\"quantity\":3},{\"item\":\"cup\",\"quantity\":2}]}");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).isEqualTo("{\"error\":\"cup: there are not 2 in stock\"}");
    assertThatThrownBy(() -> shop("a").place(order("ann", "tea", 1, "milk", 1)))
        .isInstanceOf(OutOfStockException.class)
        .hasMessage("milk: there are not 1 in stock");
    for (int i = 0; i < 2; i++) {
      assertThat(shop("a").stock())
          .containsExactly(new Item("cup", 800, 1), new Item("tea", 300, 10));
      assertThat(shop("a").orders()).isEmpty();
      holdfast.close();
      start();
    }
    assertThat(shop("a").place(order("bob", "tea", 10)).number()).isEqualTo(1);
  }

  @Test
  void orders_at_the_same_time_never_sell_more_than_there_is() throws Exception {
    int stock = 100;
    int customers = 150;
    shop("a").restock(new Item("tea", 300, stock));
    shop("a").restock(new Item("cup", 800, 2 * stock));
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < customers; i++) {
      String body =
          "{\"customer\":\"c%d\",\"lines\":[{\"item\":\"cup\",\"quantity\":1},{\"item\":\"tea\",\"quantity\":1}]}"
              .formatted(i);
      answers.add(
          client.sendAsync(request("POST", "/shops/a/orders", body), BodyHandlers.ofString()));
    }
    List<Integer> statuses = answers.stream().map(answer -> answer.join().statusCode()).toList();
    assertThat(statuses.stream().filter(status -> status == 201)).hasSize(stock);
    assertThat(statuses.stream().filter(status -> status == 409)).hasSize(customers - stock);
    assertThat(shop("a").stock())
        .containsExactly(new Item("cup", 800, stock), new Item("tea", 300, 0));
    assertThat(shop("a").sales())
        .containsExactly(
            new Sales("cup", stock, 800L * stock), new Sales("tea", stock, 300L * stock));
    assertThat(shop("a").orders()).hasSize(100).extracting(Order::number).startsWith(100L, 99L);
  }

  @Test
  void a_new_price_is_for_new_orders() {
    shop("a").restock(new Item("tea", 300, 1));
    shop("a").place(order("ann", "tea", 1));
    assertThat(shop("a").restock(new Item("tea", 400, 5))).isEqualTo(new Item("tea", 400, 5));
    shop("a").place(order("bob", "tea", 2));
    assertThat(shop("a").orders())
        .extracting(placed -> placed.lines().getFirst())
        .containsExactly(new Order.Line("tea", 2, 400), new Order.Line("tea", 1, 300));
  }

  @Test
  void everything_survives_a_restart() {
    shop("a").restock(new Item("tea", 300, 10));
    Order placed = shop("a").place(order("ann", "tea", 3));
    holdfast.close();
    start();
    assertThat(shop("a").orders()).containsExactly(placed);
    assertThat(shop("a").stock()).containsExactly(new Item("tea", 300, 7));
    assertThat(shop("a").place(order("bob", "tea", 7)).number()).isEqualTo(2);
  }

  @Test
  void requests_that_make_no_sense_are_told_why() throws Exception {
    for (String body :
        List.of(
            "",
            "null",
            "[]",
            "{",
            "{\"customer\":\"ann\"}",
            "{\"customer\":null,\"lines\":[{\"item\":\"tea\",\"quantity\":1}]}",
            "{\"customer\":\" \",\"lines\":[{\"item\":\"tea\",\"quantity\":1}]}",
            "{\"customer\":\"ann\",\"lines\":[]}",
            "{\"customer\":\"ann\",\"lines\":[null]}",
            "{\"customer\":\"ann\",\"lines\":[{\"item\":\"tea\",\"quantity\":0}]}",
            "{\"customer\":\"ann\",\"lines\":[{\"item\":\"tea\",\"quantity\":1},{\"item\":\"tea\",\"quantity\":1}]}")) {
      HttpResponse<String> answer = send("POST", "/shops/a/orders", body);
      assertThat(answer.statusCode()).as(body + ": " + answer.body()).isEqualTo(400);
      assertThat(JSON.readTree(answer.body()).path("error").asString()).as(body).isNotEmpty();
    }
    assertThat(
            send("POST", "/shops/a/stock", "{\"name\":\"tea\",\"price\":-1,\"quantity\":1}")
                .statusCode())
        .isEqualTo(400);
    for (String path : List.of("/", "/shops", "/shops/a", "/shops//stock", "/shops/a/stock/b")) {
      assertThat(send("GET", path, "").statusCode()).as(path).isEqualTo(404);
    }
    assertThat(send("DELETE", "/shops/a/stock", "").statusCode()).isEqualTo(405);
  }
}
