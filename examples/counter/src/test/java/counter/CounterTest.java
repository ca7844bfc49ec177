// SPDX-License-Identifier: Apache-2.0
package counter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CounterTest {
  @TempDir private Path data;

  @Test
  void an_increment_answers_the_new_value_and_a_read_the_same() throws Exception {
    try (Holdfast holdfast = start()) {
      assertThat(send(holdfast, "POST", "/counters/a/increment").body()).isEqualTo("1");
      assertThat(send(holdfast, "POST", "/counters/a/increment").body()).isEqualTo("2");
      assertThat(send(holdfast, "GET", "/counters/a").body()).isEqualTo("2");
      assertThat(send(holdfast, "GET", "/counters/b").body()).isEqualTo("0");
    }
  }

  @Test
  void counters_survive_a_restart() throws Exception {
    try (Holdfast holdfast = start()) {
      send(holdfast, "POST", "/counters/a/increment");
    }
    try (Holdfast holdfast = start()) {
      assertThat(send(holdfast, "GET", "/counters/a").body()).isEqualTo("1");
    }
  }

  @Test
  void other_paths_are_404_and_other_methods_405() throws Exception {
    try (Holdfast holdfast = start()) {
      for (String path : new String[] {"/", "/counters", "/counters/", "/counters/a/b", "/x/a"}) {
        assertThat(send(holdfast, "GET", path).statusCode()).as(path).isEqualTo(404);
      }
      assertThat(send(holdfast, "GET", "/counters/a/increment/b").statusCode()).isEqualTo(404);
      assertThat(send(holdfast, "DELETE", "/counters/a").statusCode()).isEqualTo(405);
      assertThat(send(holdfast, "GET", "/counters/a/increment").headers().firstValue("Allow"))
          .hasValue("POST");
    }
  }

  private Holdfast start() {
    return Holdfast.builder()
        .object("Counter", Counter.class, CounterObject::new)
        .worker(CounterWorker::new)
        .data(data)
        .port(0)
        .start();
  }

  private static HttpResponse<String> send(Holdfast holdfast, String method, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://localhost:" + holdfast.port() + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build(),
          BodyHandlers.ofString());
    }
  }
}
