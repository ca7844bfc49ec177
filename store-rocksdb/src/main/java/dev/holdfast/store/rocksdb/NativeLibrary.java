// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads RocksDB's native library once per process, from a copy that is unpacked once and kept
 * beside the data: by itself RocksDB would unpack its sixteen megabytes at every start. The copy
 * lies in a folder named by the checksum that its archive promises, and is used only if it has that
 * checksum.
 */
final class NativeLibrary {
  private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);

  /** What {@link RocksDB#loadLibrary(List)} looks for: the suffix comes twice. */
  private static final String LOADED_AS = "rocksdbjni";

  private static boolean loaded;

  private NativeLibrary() {}

  /**
   * Loads the library unless that was done.
   *
   * @param folder where the unpacked copy is kept
   */
  static synchronized void load(Path folder) {
    if (loaded) {
      return;
    }
    try {
      RocksDB.loadLibrary(List.of(unpacked(folder).toString()));
    } catch (IOException | UnsatisfiedLinkError e) {
      LOG.warn(
          "cannot load RocksDB's native library from {}, so it is unpacked to the temporary folder"
              + " at every start: {}",
          folder,
          e.toString());
      RocksDB.loadLibrary();
    }
    loaded = true;
  }

  /** The folder in which the library lies, unpacked. */
  private static Path unpacked(Path folder) throws IOException {
    String name = Environment.getJniLibraryFileName("rocksdb");
    URL archived = RocksDB.class.getClassLoader().getResource(name);
    JarEntry entry =
        archived != null && archived.openConnection() instanceof JarURLConnection connection
            ? connection.getJarEntry()
            : null;
    if (archived == null || entry == null) {
      throw new IOException(name + " is not in an archive on the class path");
    }
    Path home = folder.resolve("rocksdb-%08x".formatted(entry.getCrc()));
    Path library = home.resolve(Environment.getJniLibraryFileName(LOADED_AS));
    if (!Files.exists(library)
        || Files.size(library) != entry.getSize()
        || checksum(library) != entry.getCrc()) {
      Files.createDirectories(home);
      Path partial = Files.createTempFile(home, "unpacking", null);
      try (InputStream in = archived.openStream()) {
        Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
        Files.move(partial, library, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(partial);
      }
    }
    return home;
  }

  private static long checksum(Path file) throws IOException {
    CRC32 crc = new CRC32();
    byte[] buffer = new byte[256 << 10];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
        crc.update(buffer, 0, n);
      }
    }
    return crc.getValue();
  }
}
