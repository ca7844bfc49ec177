// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The Unix socket by which a command finds the node of a data directory: {@code socket} in a folder
 * {@value #FOLDER} there, into which only the owner can look. Who can reach the one is thereby who
 * may read the data, and who listens is who may write it. After a crash it is left and leads
 * nowhere. Immutable.
 */
final class ControlSocket {
  static final String FOLDER = "control";

  /** What every system takes as the path of a socket: Linux 107 bytes, macOS 103. */
  private static final int MAX_PATH_BYTES = 100;

  private final Path data;
  private final Path folder;
  private final Path socket;

  private ControlSocket(Path data) {
    this.data = data;
    this.folder = data.resolve(FOLDER);
    this.socket = folder.resolve("socket");
  }

  static ControlSocket of(Path data) {
    return new ControlSocket(data.toAbsolutePath());
  }

  /** Where it is. */
  Path path() {
    return socket;
  }

  /** Begins to listen, in the place of a node that is gone. Only for who has the data directory. */
  ServerSocketChannel listen() throws IOException {
    delete();
    Files.createDirectory(folder, ownerOnly());
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      reach(listener::bind);
      return listener;
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  /**
   * Connects a channel to who listens.
   *
   * @throws IOException if nobody does, or not to this user
   */
  void connect(SocketChannel channel) throws IOException {
    reach(channel::connect);
  }

  /** Removes it, whoever made it. */
  void delete() throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(socket);
    }
    Files.deleteIfExists(folder);
  }

  private FileAttribute<?>[] ownerOnly() throws IOException {
    FileStore store = Files.getFileStore(data);
    return store.supportsFileAttributeView("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  private interface Use {
    void at(UnixDomainSocketAddress address) throws IOException;
  }

  /** Uses the address; where the path is too long for one, by a link for that moment. */
  private void reach(Use use) throws IOException {
    if (socket.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES) {
      use.at(UnixDomainSocketAddress.of(socket));
      return;
    }
    // Only its owner can look into a temporary folder, or change what is in it.
    Path temporary = Files.createTempDirectory("holdfast");
    Path link = temporary.resolve(FOLDER);
    try {
      Files.createSymbolicLink(link, folder);
      use.at(UnixDomainSocketAddress.of(link.resolve(socket.getFileName())));
    } finally {
      Files.deleteIfExists(link);
      Files.delete(temporary);
    }
  }
}
