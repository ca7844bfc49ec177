// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A piece of an answer: kind(1) length(4) content. The kinds are these; all but output end the
 * answer.
 */
enum Frame {
  /** What the user gets; more may follow. */
  OUTPUT(0),
  /** The task is done. */
  DONE(1),
  /** The request was wrong; says why. */
  REFUSED(2),
  /** The task could not be done; says why. */
  FAILED(3),
  /** The node has too much to do, and has not even looked at the request; says so. */
  BUSY(4);

  /** What both sides say first, then {@link #VERSION}. */
  static final int MAGIC = 0x48664374; // "HfCt"

  /** Changes when a command of one version could no longer talk to a node of another. */
  static final int VERSION = 1;

  private static final int MAX_BYTES = 1 << 16;

  private final int code;

  Frame(int code) {
    this.code = code;
  }

  /** Says what both sides say first. */
  static void greet(DataOutputStream out) throws IOException {
    out.writeInt(MAGIC);
    out.writeByte(VERSION);
    out.flush();
  }

  /** Sends a frame whose content is a text. */
  void write(DataOutputStream out, String text) throws IOException {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    write(out, content, 0, Math.min(content.length, MAX_BYTES));
    out.flush();
  }

  private void write(DataOutputStream out, byte[] content, int offset, int length)
      throws IOException {
    out.writeByte(code);
    out.writeInt(length);
    out.write(content, offset, length);
  }

  /** A stream whose bytes become frames of output, a frame for each write. */
  static OutputStream output(DataOutputStream out) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; done += MAX_BYTES) {
          OUTPUT.write(out, bytes, offset + done, Math.min(MAX_BYTES, length - done));
        }
      }

      @Override
      public void flush() throws IOException {
        out.flush();
      }
    };
  }

  /** The kind of the frame that comes next. */
  static Frame readKind(DataInputStream in) throws IOException {
    int code = in.readUnsignedByte();
    for (Frame kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new IOException("a frame of the unknown kind " + code);
  }

  /** The content of a frame whose kind has been read. */
  static byte[] readContent(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MAX_BYTES) {
      throw new IOException("a frame of " + length + " bytes, limit " + MAX_BYTES);
    }
    byte[] content = new byte[length];
    in.readFully(content);
    return content;
  }
}
