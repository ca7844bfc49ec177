// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.dev;

import dev.holdfast.server.app.App;
import dev.holdfast.server.app.AppClassLoader;
import dev.holdfast.server.config.AppConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * An app's code in memory. Immutable.
 *
 * @param config what named the classes
 * @param classPath where they are from
 * @param loader what loads them
 * @param app the classes
 */
record LoadedCode(AppConfig config, List<Path> classPath, AppClassLoader loader, App app)
    implements AutoCloseable {

  /**
   * Loads code.
   *
   * @throws dev.holdfast.server.config.ConfigException if the configuration does not fit it
   */
  static LoadedCode load(AppConfig config, List<Path> classPath) {
    AppClassLoader loader = new AppClassLoader(config.name(), classPath);
    try {
      return new LoadedCode(config, classPath, loader, App.load(config, loader));
    } catch (RuntimeException | Error failure) {
      close(loader);
      throw failure;
    }
  }

  /** Whether it is what would be loaded now. */
  boolean is(AppConfig now, List<Path> nowFrom) {
    return classPath.equals(nowFrom) && config.equals(now);
  }

  /** No more classes are loaded. */
  @Override
  public void close() {
    close(loader);
  }

  private static void close(AppClassLoader loader) {
    try {
      loader.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the class path", e);
    }
  }
}
