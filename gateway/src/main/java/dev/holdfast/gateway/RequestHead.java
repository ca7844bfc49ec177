// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Headers;
import dev.holdfast.Url;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request: read once, on the event loop, from what the protocol parser found. It
 * picks the fields that the gateway itself needs out of the same pass that copies them for the
 * worker.
 */
final class RequestHead implements BiConsumer<String, String> {
  private final List<String> fields = new ArrayList<>(16);
  private final HttpServerRequest http;
  private @Nullable String host;
  private long contentLength;
  private boolean chunked;
  private boolean expectsContinue;

  private RequestHead(HttpServerRequest http) {
    this.http = http;
  }

  static RequestHead of(HttpServerRequest http) {
    RequestHead head = new RequestHead(http);
    MultiMap headers = http.headers();
    headers.forEach(head);
    return head;
  }

  @Override
  public void accept(String name, String value) {
    fields.add(name);
    fields.add(value);
    switch (name.length()) {
      case 4 -> {
        if (name.equalsIgnoreCase("host")) {
          host = value;
        }
      }
      case 6 -> {
        if (name.equalsIgnoreCase("expect")) {
          expectsContinue = value.equalsIgnoreCase("100-continue");
        }
      }
      case 14 -> {
        if (name.equalsIgnoreCase("content-length")) {
          contentLength = Long.parseLong(value);
        }
      }
      case 17 -> {
        if (name.equalsIgnoreCase("transfer-encoding")) {
          chunked = true;
        }
      }
      default -> {}
    }
  }

  String method() {
    return http.method().name();
  }

  Headers headers() {
    return Headers.ofAll(fields);
  }

  Url url() {
    return Url.of("http", host == null ? "localhost" : host, http.uri());
  }

  boolean hasBody() {
    return chunked || contentLength > 0;
  }

  long contentLength() {
    return contentLength;
  }

  boolean chunked() {
    return chunked;
  }

  boolean expectsContinue() {
    return expectsContinue;
  }
}
