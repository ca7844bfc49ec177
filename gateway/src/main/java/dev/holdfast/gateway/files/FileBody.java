// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.files;

import dev.holdfast.Body;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A part of a file, which is open until the stream is closed. For one reader, but may be closed by
 * any thread.
 *
 * <p>The last piece is given out only if the file was not changed in place until all of it was
 * read. Otherwise, and if the file is shorter, the stream ends early, so that it never looks
 * complete. A file that is replaced or deleted meanwhile is given out as it was; that it was not
 * changed in place before that shows in its hash, if that is its tag, else it does not show.
 */
final class FileBody extends InputStream implements Body {
  private final FileVersion file;
  private final @Nullable String tag;
  private final FileChannel channel;
  private final long length;
  private long position;
  private long left;

  private FileBody(FileVersion file, @Nullable String tag, FileChannel channel, ByteRange range) {
    this.file = file;
    this.tag = tag;
    this.channel = channel;
    this.length = range.length();
    this.position = range.first();
    this.left = length;
  }

  /**
   * Opens a version of a file; null if the file is not that version any more.
   *
   * @param tag of that version; null if it is what is to be found out
   */
  static @Nullable FileBody open(FileVersion file, @Nullable String tag, ByteRange range)
      throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(file.path(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    }
    boolean right = false;
    try {
      right = file.isCurrent();
    } finally {
      if (!right) {
        channel.close();
      }
    }
    return right ? new FileBody(file, tag, channel, range) : null;
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(length);
  }

  @Override
  public InputStream stream() {
    return this;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int count) throws IOException {
    Objects.checkFromIndexSize(offset, count, to.length);
    if (count == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    ByteBuffer buffer = ByteBuffer.wrap(to, offset, (int) Math.min(count, left));
    int n = channel.read(buffer, position);
    if (n > 0) {
      position += n;
      left -= n;
    }
    return left == 0 && mayBeMixed() ? -1 : n;
  }

  private boolean mayBeMixed() throws IOException {
    String expected = tag;
    return switch (file.state()) {
      case CURRENT -> false;
      case CHANGED -> true;
      case REPLACED ->
          expected != null
              && FileTags.isHash(file)
              && !expected.equals(FileTags.hash(channel, file.bytes()));
    };
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
