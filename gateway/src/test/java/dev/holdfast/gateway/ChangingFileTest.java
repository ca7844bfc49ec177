// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Response;
import dev.holdfast.gateway.RawConnection.Ending;
import dev.holdfast.gateway.RawConnection.RawResponse;
import dev.holdfast.gateway.files.StaticFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A file that is changed while a slow client has part of it. */
class ChangingFileTest {
  /** More than what is on its way to a client that takes nothing. */
  private static final int BYTES = 15 << 20;

  private static final String OLD = "o".repeat(BYTES);

  @TempDir private Path folder;

  enum Change {
    SAME_LENGTH,
    SHORTER,
    LONGER,
    IN_PLACE_THEN_REPLACED,
    IN_PLACE_THEN_DELETED
  }

  @ParameterizedTest
  @EnumSource
  void one_changed_in_place_never_comes_whole_under_its_tag(Change change) throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), OLD);
    try (Gateway gateway = start();
        RawConnection client = RawConnection.to(gateway)) {
      RawResponse head = client.sendHead("GET /a.txt HTTP/1.1").readHead();
      assertThat(head.header("etag")).isPresent();
      assertThat(head.header("content-length")).hasValue(String.valueOf(BYTES));
      client.readBytes(1);

      change(file, change);

      Ending rest = client.readToEnd();
      assertThat(rest.text().length() + 1).isLessThan(BYTES);
      assertThat(rest.reset()).isTrue();
    }
  }

  private static void change(Path file, Change change) throws IOException {
    switch (change) {
      case SAME_LENGTH -> Files.writeString(file, "n".repeat(BYTES));
      case SHORTER -> Files.writeString(file, "n");
      case LONGER -> Files.writeString(file, "n".repeat(BYTES + 1));
      case IN_PLACE_THEN_REPLACED -> {
        Files.writeString(file, "n".repeat(BYTES));
        replace(file);
      }
      case IN_PLACE_THEN_DELETED -> {
        Files.writeString(file, "n".repeat(BYTES));
        Files.delete(file);
      }
    }
  }

  private static void replace(Path file) throws IOException {
    Path other = Files.writeString(file.resolveSibling("other.txt"), "r".repeat(BYTES));
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void one_that_is_replaced_comes_as_it_was() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), OLD);
    try (Gateway gateway = start();
        RawConnection client = RawConnection.to(gateway)) {
      RawResponse head = client.sendHead("GET /a.txt HTTP/1.1").readHead();
      client.readBytes(1);

      replace(file);

      assertThat(client.readBytes(BYTES - 1)).containsOnly('o');
      RawResponse now = client.sendHead("HEAD /a.txt HTTP/1.1").readHead();
      assertThat(now.header("etag")).isNotEqualTo(head.header("etag"));
    }
  }

  private Gateway start() {
    return Gateway.start(
        GatewayOptions.defaults().withPort(0),
        new StaticFiles(folder, _ -> Response.text("the worker's")));
  }
}
