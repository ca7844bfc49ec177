// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A second copy of the namespaces. They are few and small, and without a namespace's secret no id
 * of it can be made again, so the loss of the one data file that holds it would be the loss of all.
 *
 * <p>The file is count(4), then per namespace name, number(4), secret(32), then crc(4). It is
 * written anew as a whole. Written before anybody learns a new secret, so there is no id that could
 * not be made again. Thread-safe.
 */
final class NamespaceMirror {
  private static final Logger LOG = LoggerFactory.getLogger(NamespaceMirror.class);

  /** The file, in the folder of second copies. */
  static final String NAME = "namespaces";

  private final Path file;
  private Map<String, Integer> copied = Map.of();

  NamespaceMirror(StoreLayout layout) {
    this.file = layout.mirror().resolve(NAME);
  }

  /** The namespaces of the copy; none if there is no copy, or a damaged one. */
  List<Namespaces.Space> read() throws IOException {
    List<Namespaces.Space> spaces = new ArrayList<>();
    if (!Files.exists(file)) {
      return spaces;
    }
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length < 8
        || Keys.intAt(bytes, bytes.length - 4) != checksum(bytes, bytes.length - 4)) {
      return spaces;
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      spaces.add(new Namespaces.Space(in.readUTF(), in.readInt(), in.readNBytes(32)));
    }
    return spaces;
  }

  /** Writes the copy anew if the namespaces are others than it has; without space, later. */
  synchronized void refresh(Collection<Namespaces.Space> spaces) {
    Map<String, Integer> numbers =
        spaces.stream().collect(Collectors.toMap(Namespaces.Space::name, Namespaces.Space::number));
    if (!numbers.equals(copied)) {
      try {
        write(spaces);
        copied = numbers;
      } catch (IOException e) {
        LOG.warn("cannot write {}; the namespaces have no second copy", file, e);
      }
    }
  }

  private void write(Collection<Namespaces.Space> spaces) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(spaces.size());
    for (Namespaces.Space space : spaces) {
      out.writeUTF(space.name());
      out.writeInt(space.number());
      out.write(space.secret());
    }
    out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
    StoreLayout.replace(file, bytes.toByteArray());
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(Arrays.copyOf(bytes, length));
    return (int) crc.getValue();
  }
}
