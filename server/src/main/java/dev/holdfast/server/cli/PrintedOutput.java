// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import dev.holdfast.server.control.ControlException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Prints text that comes as UTF-8, however that is cut into pieces. One thread at a time.
 *
 * <p>It throws {@link ControlException} where nothing can be printed any more, and no {@code
 * IOException}: what the text tells of may be done all the same.
 */
final class PrintedOutput extends OutputStream {
  private final PrintWriter printer;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  /** The beginning of a character whose end has not come. */
  private ByteBuffer rest = ByteBuffer.allocate(0);

  PrintedOutput(PrintWriter printer) {
    this.printer = printer;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    ByteBuffer in = ByteBuffer.allocate(rest.remaining() + length);
    in.put(rest).put(bytes, offset, length).flip();
    CharBuffer text = CharBuffer.allocate(in.remaining() + 1);
    decoder.decode(in, text, false);
    rest = in;
    printer.append(text.flip());
    if (printer.checkError()) {
      throw new ControlException(
          "what it tells cannot be printed: nobody reads it, or its disk is full; what was asked for"
              + " may be done: look before you repeat it");
    }
  }

  /** What is printed to stays open. */
  @Override
  public void close() {
    printer.flush();
  }
}
