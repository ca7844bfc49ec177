// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads an app's classes. It sees the JDK and, from the platform, only what the app is compiled
 * against: the API, its annotations and SLF4J. The platform's own libraries stay out of its sight,
 * so an app may bring other versions of them. Thread-safe.
 *
 * <p>A class of the API is the platform's, also when the app's class path has a copy: an object
 * class would not be a {@code DurableObject} otherwise. The other packages of the platform are
 * hidden like its libraries.
 */
public final class AppClassLoader extends URLClassLoader {
  private static final String API = "dev.holdfast.";
  private static final List<String> SHARED = List.of("org.jspecify.annotations.", "org.slf4j.");

  static {
    registerAsParallelCapable();
  }

  private final ClassLoader platform;

  /**
   * @param app the app's name, for messages and stack traces
   * @param classPath folders and jars, in order
   */
  public AppClassLoader(String app, List<Path> classPath) {
    super(app, urls(classPath), ClassLoader.getPlatformClassLoader());
    this.platform = AppClassLoader.class.getClassLoader();
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (isOfApi(name) || SHARED.stream().anyMatch(name::startsWith)) {
      try {
        return platform.loadClass(name);
      } catch (ClassNotFoundException e) {
        // Not the platform's: an app's own class in a package of that prefix.
        return super.loadClass(name, resolve);
      }
    }
    return super.loadClass(name, resolve);
  }

  /** The API is one package: those below it are the platform's own parts. */
  private static boolean isOfApi(String name) {
    return name.startsWith(API) && name.indexOf('.', API.length()) < 0;
  }

  private static URL[] urls(List<Path> classPath) {
    return classPath.stream().map(AppClassLoader::url).toArray(URL[]::new);
  }

  private static URL url(Path entry) {
    try {
      return entry.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("no class path entry: " + entry, e);
    }
  }
}
