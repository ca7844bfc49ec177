// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

import dev.holdfast.gateway.tls.TlsFileException;
import dev.holdfast.gateway.tls.TlsFiles;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The certificate of the server and its key: both or neither, and files that can be used. Not
 * thread-safe.
 */
final class TlsSettings {
  private static final String CERTIFICATE = "tls-certificate";
  private static final String KEY = "tls-key";

  private final Path folder;
  private final Problems problems;
  private Optional<Setting<Path>> certificate = Optional.empty();
  private Optional<Setting<Path>> key = Optional.empty();

  /**
   * @param folder that of the app, where the file's paths begin
   */
  TlsSettings(Path folder, Problems problems) {
    this.folder = folder;
    this.problems = problems;
  }

  /** Takes what {@code [server]} says. */
  void read(TableReader table) {
    certificate =
        table.string(CERTIFICATE, CERTIFICATE + " = \"chain.pem\"").flatMap(s -> path(s, folder));
    key = table.string(KEY, KEY + " = \"key.pem\"").flatMap(s -> path(s, folder));
  }

  /** Takes what environment and flags say. */
  void read(Overrides overrides) {
    Path here = Path.of("");
    certificate = overrides.find(CERTIFICATE).flatMap(s -> path(s, here)).or(() -> certificate);
    key = overrides.find(KEY).flatMap(s -> path(s, here)).or(() -> key);
  }

  private Optional<Setting<Path>> path(Setting<String> text, Path from) {
    try {
      if (!text.value().isBlank()) {
        Path path = from.resolve(text.value()).normalize();
        return Optional.of(new Setting<>(path, text.place()));
      }
    } catch (InvalidPathException e) {
      // Reported below, like an empty one.
    }
    problems.add(
        text.place(),
        "expected the path of a file in PEM, found \"%s\"; name one".formatted(text.value()));
    return Optional.empty();
  }

  /** Where certificate and key are; null if TLS is not to be spoken, or they cannot be used. */
  @Nullable TlsFiles files() {
    if (certificate.isPresent() && key.isPresent()) {
      return usable(certificate.get(), key.get());
    }
    certificate.ifPresent(alone -> problems.add(alone.place(), isMissing(KEY, CERTIFICATE)));
    key.ifPresent(alone -> problems.add(alone.place(), isMissing(CERTIFICATE, KEY)));
    return null;
  }

  private static String isMissing(String missing, String given) {
    return "%s is missing, which %s needs; give both for TLS, or neither".formatted(missing, given);
  }

  private @Nullable TlsFiles usable(Setting<Path> chain, Setting<Path> keyOfIt) {
    TlsFiles files = new TlsFiles(chain.value(), keyOfIt.value());
    try {
      files.check(Instant.now());
      return files;
    } catch (TlsFileException e) {
      boolean ofKey = e.file().equals(files.key());
      problems.add(
          ofKey ? keyOfIt.place() : chain.place(),
          (ofKey ? KEY : CERTIFICATE) + ": " + e.getMessage());
      return null;
    }
  }
}
