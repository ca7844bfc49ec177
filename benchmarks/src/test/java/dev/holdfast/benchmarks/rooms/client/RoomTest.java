// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

/** The load generator notices what a server must not do to the messages of a room. */
class RoomTest {
  private final Room room = new Room(2);

  @Test
  void aMessageIsCompleteWhenEverybodyHasIt() {
    long message = room.said(0);
    assertThat(room.arrived(0, message)).isFalse();
    assertThat(room.arrived(0, message)).isTrue();
  }

  @Test
  void aMessageThatOneMemberMisses_isNoticedAtTheNext() {
    long first = room.said(0);
    long second = room.said(0);
    var _ = room.arrived(0, first);
    var _ = room.arrived(1, second);
    assertThatThrownBy(() -> room.arrived(0, second)).isInstanceOf(WrongDelivery.class);
  }

  @Test
  void aMessageThatAllMiss_isNoticedAtTheNextOfItsSender() {
    var _ = room.said(0);
    long second = room.said(0);
    assertThatThrownBy(() -> room.arrived(0, second))
        .isInstanceOf(WrongDelivery.class)
        .hasMessageContaining("message 0");
  }

  @Test
  void aMessageThatComesTwice_isNoticed() {
    long message = room.said(0);
    var _ = room.arrived(0, message);
    assertThatThrownBy(() -> room.arrived(1, message)).isInstanceOf(WrongDelivery.class);
  }

  @Test
  void messagesOfTwoSendersInTwoOrders_areNoticed() {
    long one = room.said(0);
    long other = room.said(1);
    var _ = room.arrived(0, one);
    var _ = room.arrived(1, other);
    assertThatThrownBy(() -> room.arrived(0, other)).isInstanceOf(WrongDelivery.class);
  }

  @Test
  void aMessageThatNobodySent_isNoticed() {
    assertThatThrownBy(() -> room.arrived(0, Message.id(0, 0))).isInstanceOf(WrongDelivery.class);
  }

  @Test
  void aFrameCarriesWhenAndByWhomItWasSent() {
    long id = Message.id(0xabcdef, 0x1234567);
    ByteBuf frame = Message.frame(UnpooledByteBufAllocator.DEFAULT, 0x0123456789abcdefL, id);
    byte[] mask = new byte[4];
    frame.skipBytes(2).readBytes(mask);
    byte[] text = new byte[frame.readableBytes()];
    frame.readBytes(text);
    frame.release();
    for (int i = 0; i < text.length; i++) {
      text[i] ^= mask[i % mask.length];
    }
    ByteBuf received = Unpooled.wrappedBuffer(text);
    assertThat(received.readableBytes()).isEqualTo(Message.LENGTH);
    assertThat(Message.sentAt(received, 0)).isEqualTo(0x0123456789abcdefL);
    assertThat(Message.id(received, 0)).isEqualTo(id);
  }
}
