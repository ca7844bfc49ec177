// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that is in use, and its renewal. A connection keeps the one that it began with.
 * Thread-safe.
 */
public final class Certificates {
  private static final Logger log = LoggerFactory.getLogger(Certificates.class);
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final TlsFiles files;
  private final InstantSource clock;
  private volatile SSLContext current;
  private List<Version> seen;

  /** What tells one version of a file from another; only the first part is there if it has none. */
  private record Version(Path file, @Nullable FileTime modified, long bytes, @Nullable Object key) {
    static Version of(Path file) {
      try {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return new Version(file, now.lastModifiedTime(), now.size(), now.fileKey());
      } catch (IOException e) {
        return new Version(file, null, 0, null);
      }
    }
  }

  private Certificates(TlsFiles files, InstantSource clock) throws TlsFileException {
    this.files = files;
    this.clock = clock;
    this.seen = versions();
    this.current = KeyPairFiles.read(files, clock.instant());
  }

  /**
   * Reads the files. Blocks.
   *
   * @throws TlsFileException if they cannot be used
   */
  public static Certificates of(TlsFiles files, InstantSource clock) throws TlsFileException {
    return new Certificates(files, clock);
  }

  /** The server's side of a new connection, in TLS 1.3 or 1.2. */
  public SSLEngine newEngine() {
    SSLEngine engine = current.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(PROTOCOLS);
    return engine;
  }

  /**
   * Reads the files again if they have changed; if they cannot be used, the certificate in use
   * stays, and the log says so once. Blocks.
   */
  public synchronized void renew() {
    // Before they are read: what changes meanwhile is seen the next time.
    List<Version> now = versions();
    if (now.equals(seen)) {
      return;
    }
    seen = now;
    try {
      current = KeyPairFiles.read(files, clock.instant());
      log.info("TLS goes on with the new certificate of {}", files.certificate());
    } catch (TlsFileException e) {
      log.warn(
          "TLS goes on with the certificate that it has, the new one is of no use: {}",
          e.getMessage());
    }
  }

  private List<Version> versions() {
    return List.of(Version.of(files.certificate()), Version.of(files.key()));
  }
}
