// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Env;
import dev.holdfast.ObjectUnavailableException;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import dev.holdfast.engine.ObjectClass;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Code that cannot be started leaves everything as it was for the code before it. */
class LiveNodeTest {
  @TempDir private Path data;

  private static final ObjectClass<NodeBuilderTest.Tally> TALLY =
      new ObjectClass<>("Tally", NodeBuilderTest.Tally.class, NodeBuilderTest.TallyObject::new);
  private static final ObjectClass<NodeBuilderTest.Tally> RENAMED =
      new ObjectClass<>("Sum", NodeBuilderTest.Tally.class, NodeBuilderTest.TallyObject::new)
          .renamedFrom("Tally");

  private static Worker adding(Env env) {
    return _ ->
        Response.text(
            String.valueOf(env.objects(NodeBuilderTest.Tally.class).getByName("a").add(1)));
  }

  private static String get(LiveNode node) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + node.port() + "/")).build(),
              BodyHandlers.ofString())
          .body();
    }
  }

  @Test
  void renaming_by_code_that_cannot_be_started_takes_no_data_from_the_code_that_goes_on()
      throws Exception {
    NodeOptions defaults = NodeOptions.over(data);
    NodeOptions options = defaults.withGateway(defaults.gateway().withPort(0));
    try (LiveNode node =
        LiveNode.start(options, List.of(TALLY), LiveNodeTest::adding, worker -> worker)) {
      assertThat(get(node)).isEqualTo("1");
      assertThatThrownBy(
              () ->
                  node.replace(
                      List.of(RENAMED),
                      env -> {
                        assertThatThrownBy(() -> adding(env).fetch(Request.get("/")))
                            .isInstanceOf(ObjectUnavailableException.class)
                            .hasMessageContaining("Sum/a: the node is starting");
                        throw new IllegalStateException("a mistake");
                      }))
          .hasMessageContaining("a mistake");
      assertThat(node.runs()).isTrue();
      assertThat(get(node)).isEqualTo("2");
      node.replace(List.of(RENAMED), LiveNodeTest::adding);
      assertThat(get(node)).isEqualTo("3");
    }
  }
}
