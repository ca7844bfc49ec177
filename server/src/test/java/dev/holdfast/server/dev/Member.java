// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.dev;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client that is connected throughout. */
final class Member implements WebSocket.Listener {
  final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final WebSocket socket;

  Member(HttpClient http, int port) {
    socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create("ws://localhost:" + port + "/"), this)
            .join();
  }

  void say(String text) {
    socket.sendText(text, true).join();
  }

  String hears() throws InterruptedException {
    String next = heard.poll(1, TimeUnit.MINUTES);
    return next == null ? "nothing" : next;
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
    heard.add(text.toString());
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    heard.add("closed with " + code + ": " + reason);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    heard.add("lost: " + error);
  }
}
