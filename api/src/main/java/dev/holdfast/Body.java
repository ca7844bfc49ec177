// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The body of a request or a response: bytes that are there, or bytes that come as they are read. A
 * body that comes from a stream can be read once.
 *
 * <p>Reading may block; in object code that lets other events in, as any wait does, and is refused
 * inside a transaction.
 *
 * <h2>Bodies between workers and objects</h2>
 *
 * A body that is not there yet is made by code of whoever sends it, piece by piece as the receiver
 * reads: what an object sends is written by code of that object, one thing at a time with the rest
 * of it, as an event of its own. The body of a response is written after {@link
 * DurableObject#fetch} has returned and its head is on its way; the body of a request while its
 * sender waits for the response, and only if the receiver reads it. Between the two at most 64 KiB
 * are on their way.
 *
 * <ul>
 *   <li>Each piece, and the end, leave an object only after every write to storage made before is
 *       durable. So sending a piece ends the turn: what was written before becomes one commit, what
 *       comes after another.
 *   <li>A body that breaks off never looks like one that has ended: the reader gets what came
 *       before, then an {@link IOException} that says why, and if the platform knows, whether what
 *       the object stored meanwhile was kept. A body that is not as long as {@link #length} says
 *       breaks off too.
 *   <li>A reader that closes the stream early ends the body: the writer's next write throws an
 *       {@link IOException}.
 *   <li>In object code a body lives as long as the event that sends or reads it, or the event that
 *       writes the response to that: keep the bytes, not the body.
 *   <li>An object that has written 64 KiB more than its reader takes waits a minute at most; then
 *       the reader is taken for gone.
 * </ul>
 */
public interface Body {

  /** No bytes. */
  static Body empty() {
    return InMemory.EMPTY;
  }

  /** These bytes, not copied: do not change them afterwards. */
  static Body of(byte[] bytes) {
    return bytes.length == 0 ? InMemory.EMPTY : new InMemory(bytes);
  }

  /** This text in UTF-8. */
  static Body of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What {@code stream} yields, read once and closed; the length is not known beforehand. What one
   * read yields is sent before the next read, so a live stream reaches the receiver as it comes.
   */
  static Body of(InputStream stream) {
    Objects.requireNonNull(stream, "stream");
    return new Body() {
      @Override
      public OptionalLong length() {
        return OptionalLong.empty();
      }

      @Override
      public InputStream stream() {
        return stream;
      }
    };
  }

  /**
   * What {@code writer} writes when the body is sent: for bodies that are made as they go. Writing
   * blocks while the receiver is slow, which in object code lets other events in; inside a
   * transaction it is refused. Small writes are gathered; {@code flush} sends what was written so
   * far. The writer may never run, if nobody reads the body.
   *
   * <p>Until the writer returns, other events of the object may write to the same stream, say to
   * tell all who listen what happened. What one write is given stays together, whatever its length;
   * what several writes are given until they are flushed does so up to 8 KiB.
   */
  static Body writing(Writer writer) {
    return new Written(writer);
  }

  /** The number of bytes, if known. */
  OptionalLong length();

  /** The bytes as a stream; the caller closes it. */
  InputStream stream();

  /** Writes all bytes to {@code out}, without closing it. */
  default void writeTo(OutputStream out) throws IOException {
    try (InputStream in = stream()) {
      in.transferTo(out);
    }
  }

  /**
   * All bytes.
   *
   * @throws UncheckedIOException if the stream fails
   */
  default byte[] bytes() {
    try (InputStream in = stream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All bytes as UTF-8 text; malformed input is replaced. */
  default String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /** Writes a body as it is sent. */
  @FunctionalInterface
  interface Writer {
    /** Writes the body to {@code out}; each write may block while the receiver is slow. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** A body whose bytes are there. Immutable. */
  final class InMemory implements Body {
    private static final InMemory EMPTY = new InMemory(new byte[0]);
    private final byte[] bytes;

    private InMemory(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public OptionalLong length() {
      return OptionalLong.of(bytes.length);
    }

    @Override
    public InputStream stream() {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      out.write(bytes);
    }

    /** The bytes themselves, not a copy: do not change them. */
    @Override
    public byte[] bytes() {
      return bytes;
    }
  }

  /** A body that is made while it is sent. */
  final class Written implements Body {
    private final Writer writer;

    private Written(Writer writer) {
      this.writer = Objects.requireNonNull(writer, "writer");
    }

    @Override
    public OptionalLong length() {
      return OptionalLong.empty();
    }

    /** Runs the writer to its end and returns what it wrote. */
    @Override
    public InputStream stream() {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try {
        writer.writeTo(out);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new ByteArrayInputStream(out.toByteArray());
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      writer.writeTo(out);
    }
  }
}
