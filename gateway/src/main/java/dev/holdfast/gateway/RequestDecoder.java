// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.Arrays;
import java.util.List;

/**
 * The parser of requests: stricter than the one it extends, it refuses what two parsers could read
 * in two ways; and it knows since when a head is incomplete. Event loop only.
 */
final class RequestDecoder extends VertxHttpRequestDecoder {
  private int requests;
  private boolean lineRead;
  private boolean inBody;
  private boolean headIncomplete;
  private long headSince;
  private int asksForSocket;
  private boolean sentAhead;

  RequestDecoder(HttpServerOptions options) {
    super(options);
  }

  /**
   * How many heads have arrived, not counting those that broke off with the connection. Any thread,
   * once {@link InputEnd#ended} is seen: nothing is decoded after that.
   */
  int requests() {
    return requests;
  }

  /** Whether the body of the last of them is not complete. */
  boolean inBody() {
    return inBody;
  }

  /** Whether a head has begun to arrive and is not complete. */
  boolean headIncomplete() {
    return headIncomplete;
  }

  /** When the incomplete head began, by {@link System#nanoTime}. */
  long headSince() {
    return headSince;
  }

  /** Which request asks for a socket, from 1 on; 0 if none does. Nothing behind it is a request. */
  int asksForSocket() {
    return asksForSocket;
  }

  /** Whether something came behind that one. A client must wait, RFC 6455 section 4.1. */
  boolean sentAhead() {
    return sentAhead;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (asksForSocket > 0 && !inBody) {
      sentAhead = true;
      in.skipBytes(in.readableBytes());
      return;
    }
    int before = out.size();
    super.decode(ctx, in, out);
    int after = out.size();
    for (int i = before; i < after; i++) {
      Object decoded = out.get(i);
      if (decoded instanceof HttpRequest request) {
        requests++;
        if (SocketHandshake.isAskedFor(request.headers())) {
          asksForSocket = requests;
        }
      } else if (decoded instanceof HttpContent content && content.content().isReadable()) {
        out.set(i, unpooled(content));
      }
    }
    if (after > before) {
      Object last = out.get(after - 1);
      inBody = !(last instanceof LastHttpContent);
      lineRead = false;
      headIncomplete = false;
    } else if (!inBody && !headIncomplete && (lineRead || in.isReadable())) {
      headIncomplete = true;
      headSince = System.nanoTime();
    }
  }

  /**
   * The same with bytes that need not be given back. Vert.x makes this copy when it handles a
   * piece, but forgets the pieces that it holds back when the connection closes: with requests sent
   * ahead a client could use up the memory of all buffers.
   */
  private static HttpContent unpooled(HttpContent content) {
    HttpContent copy = content.replace(Unpooled.copiedBuffer(content.content()));
    copy.setDecoderResult(content.decoderResult());
    content.release();
    return copy;
  }

  /**
   * @param line method, target and version
   */
  @Override
  protected HttpMessage createMessage(String[] line) {
    checkMethod(line[0]);
    checkTarget(line[1]);
    checkVersion(line[2]);
    lineRead = true;
    return super.createMessage(line);
  }

  /**
   * The parser keeps one object for a name that comes often. But in Vert.x 5.0.7 it takes {@code
   * Content-xength} for the length, whatever stands for the x: who stands before the gateway sees
   * another request where this would see a body.
   */
  @Override
  protected AsciiString splitHeaderName(byte[] line, int start, int length) {
    AsciiString name = super.splitHeaderName(line, start, length);
    return Arrays.equals(
            name.array(),
            name.arrayOffset(),
            name.arrayOffset() + name.length(),
            line,
            start,
            start + length)
        ? name
        : new AsciiString(line, start, length, true);
  }

  /** The parser's own way is to drop one of the two, as another on the way may not have done. */
  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new Refusal(400, "a request has either Content-Length or Transfer-Encoding, not both");
  }

  /** A client takes all that follows a positive answer to CONNECT for bytes of a tunnel. */
  private static void checkMethod(String method) {
    if (method.equals("CONNECT")) {
      throw new Refusal(501, "CONNECT is not served here: this is no proxy");
    }
  }

  private static void checkTarget(String target) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#') {
        throw new Refusal(400, "the request target has characters that must be percent-encoded");
      }
    }
  }

  private static void checkVersion(String version) {
    if (version.equals("HTTP/1.1") || version.equals("HTTP/1.0")) {
      return;
    }
    if (version.matches("HTTP/[0-9]\\.[0-9]")) {
      throw new Refusal(505, version + " is not served here; use HTTP/1.1");
    }
    throw new Refusal(400, "the request line is not a method, a target and a version");
  }
}
