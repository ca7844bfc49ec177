// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The files of an export, one after the other, in one stream of bytes: frames of a kind, a length
 * in four bytes, and so many bytes. Not thread-safe. {@link ExportFolder} is the other end.
 */
final class ExportStream {
  /** What object it is, as one line of JSON. */
  static final String ABOUT = "object.json";

  /** Its entries, each a line of JSON. */
  static final String ENTRIES = "entries.jsonl";

  /** Its database, as a file of SQLite. */
  static final String DATABASE = "database.sqlite";

  /** What was sent before is void: all begins anew. */
  static final byte BEGIN = 'B';

  /** The name of the file to which the content belongs that follows. */
  static final byte FILE = 'F';

  /** Content of a file. */
  static final byte CONTENT = 'C';

  /** All is there. */
  static final byte END = 'E';

  private final DataOutputStream out;

  ExportStream(OutputStream out) {
    this.out = new DataOutputStream(out);
  }

  void begin() throws IOException {
    frame(BEGIN, new byte[0], 0, 0);
  }

  /** Begins a file. What is written to what is returned is its content; buffer it. */
  OutputStream file(String name) throws IOException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    frame(FILE, bytes, 0, bytes.length);
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        frame(CONTENT, bytes, offset, length);
      }
    };
  }

  void end() throws IOException {
    frame(END, new byte[0], 0, 0);
  }

  private void frame(byte kind, byte[] bytes, int offset, int length) throws IOException {
    out.writeByte(kind);
    out.writeInt(length);
    out.write(bytes, offset, length);
  }
}
