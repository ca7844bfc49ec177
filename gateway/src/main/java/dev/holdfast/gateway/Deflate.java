// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Packs and unpacks the messages of permessage-deflate, RFC 7692 section 7.2, one by one: since no
 * window is kept from one to the next, all sockets of an event loop share it. Event loop only.
 */
final class Deflate {
  private static final int LEVEL = 6;
  private static final int PIECE_BYTES = 16 << 10;

  /** How often a message may say that it ends: whoever needs more packs nothing. */
  private static final int MAX_STREAMS = 1_024;

  /** The end of an empty block, which is left out on the wire. */
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

  /** The same, and an empty block that says it is the last. */
  private static final byte[] END = {0, 0, (byte) 0xff, (byte) 0xff, 3, 0};

  private static final int LAST_BLOCK_BYTES = END.length - TAIL.length;

  private final Deflater deflater = new Deflater(LEVEL, true);
  private final Inflater inflater = new Inflater(true);
  private final byte[] piece = new byte[PIECE_BYTES];

  /** The message, packed. */
  byte[] pack(byte[] message) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream(message.length / 4);
    deflater.reset();
    deflater.setInput(message);
    int n;
    do {
      n = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
      packed.write(piece, 0, n);
    } while (n == piece.length);
    deflater.setInput(TAIL, 0, 0); // keeps no message alive
    return Arrays.copyOf(packed.toByteArray(), packed.size() - TAIL.length);
  }

  /**
   * The message as it was before it was packed.
   *
   * @param limitBytes how large it may be
   * @throws CorruptedWebSocketFrameException if it is larger, or is not packed
   */
  byte[] unpack(byte[] packed, int limitBytes) {
    ByteArrayOutputStream message =
        new ByteArrayOutputStream((int) Math.min(3L * packed.length, limitBytes));
    inflater.reset();
    inflater.setInput(packed);
    int streams = 1;
    try {
      while (true) {
        int n = inflater.inflate(piece);
        if (n > limitBytes - message.size()) {
          throw new CorruptedWebSocketFrameException(
              WebSocketCloseStatus.MESSAGE_TOO_BIG, "a message is too large, unpacked");
        }
        message.write(piece, 0, n);
        if (inflater.finished()) {
          streams++;
          nextStream(packed, streams);
        } else if (n == 0) {
          checkEnd();
          return message.toByteArray();
        }
      }
    } catch (DataFormatException e) {
      throw new CorruptedWebSocketFrameException(
          WebSocketCloseStatus.INVALID_PAYLOAD_DATA,
          "a compressed message is not what permessage-deflate makes",
          e);
    } finally {
      inflater.setInput(TAIL, 0, 0);
    }
  }

  /** A block that says it is the last ends a stream, and not the message. */
  private void nextStream(byte[] packed, int number) {
    if (number > MAX_STREAMS) {
      throw new CorruptedWebSocketFrameException(
          WebSocketCloseStatus.POLICY_VIOLATION,
          "a compressed message may have " + MAX_STREAMS + " blocks that say they are the last");
    }
    int rest = inflater.getRemaining();
    inflater.reset();
    inflater.setInput(packed, packed.length - rest, rest);
  }

  /**
   * What was left out ends the block in which the message stops, which may say that it is the last.
   * Were that another one, in a message cut short, it would be taken for data, or for no block.
   */
  private void checkEnd() throws DataFormatException {
    inflater.setInput(END);
    int data = inflater.inflate(piece);
    int rest = inflater.getRemaining();
    if (data > 0 || !inflater.finished() || (rest > 0 && rest != LAST_BLOCK_BYTES)) {
      throw new DataFormatException("it stops within a block");
    }
  }
}
