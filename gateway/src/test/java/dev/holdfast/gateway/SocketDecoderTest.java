// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The parser takes as much as the socket, whatever has come. */
class SocketDecoderTest {
  private final AtomicInteger room = new AtomicInteger();
  private final SocketDecoder decoder =
      new SocketDecoder(1_000, true, () -> room.getAndDecrement() > 0);
  private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

  private static ByteBuf texts(String... texts) {
    ByteBuf frames = Unpooled.buffer();
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      frames.writeByte(0x81).writeByte(0x80 | bytes.length).writeInt(0).writeBytes(bytes);
    }
    return frames;
  }

  private void assertRead(String... texts) {
    for (String text : texts) {
      TextWebSocketFrame frame = channel.readInbound();
      assertThat(frame.text()).isEqualTo(text);
      frame.release();
    }
    assertThat(channel.inboundMessages()).isEmpty();
  }

  @Test
  void framesOfOneRead_waitWhileNothingIsTaken() {
    room.set(2);
    channel.writeInbound(texts("a", "b", "c", "d"));
    assertRead("a", "b");
    assertThat(decoder.isHolding()).isTrue();
    room.set(1);
    channel.writeInbound(texts("e"));
    assertRead("c");
    room.set(100);
    channel.writeInbound(Unpooled.EMPTY_BUFFER);
    assertRead("d", "e");
    assertThat(decoder.isHolding()).isFalse();
  }

  @Test
  void stoppedDecoder_dropsWhatItHolds_andWhatComes() {
    channel.writeInbound(texts("a"));
    assertThat(decoder.isHolding()).isTrue();
    decoder.stop();
    room.set(100);
    channel.writeInbound(texts("b"));
    assertRead();
    assertThat(decoder.isHolding()).isFalse();
  }
}
