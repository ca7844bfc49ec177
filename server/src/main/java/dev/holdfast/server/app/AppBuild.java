// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** How an app becomes classes. Thread-safe. */
public sealed interface AppBuild permits MavenBuild, SourceBuild {

  /**
   * The build that fits the folder: Maven where there is a {@code pom.xml}, else the compiler of
   * the running JDK over {@code src/}.
   *
   * @throws AppException if there is neither
   */
  static AppBuild of(AppFolder app) {
    if (Files.isRegularFile(app.pom())) {
      return new MavenBuild(app);
    }
    if (Files.isDirectory(app.source())) {
      return new SourceBuild(app);
    }
    throw new AppException(
        "%s has neither a pom.xml nor a src/ folder, so there is nothing to build; add one"
            .formatted(app.root()));
  }

  /**
   * Builds the app if anything it is made of has changed since the last time.
   *
   * @param progress told what is done, and what the compiler has to say
   * @return the app's class path, its own classes first
   * @throws AppException if it cannot be built
   */
  List<Path> run(PrintWriter progress);

  /**
   * Says what stays, whatever else is built: classes that run, or may run again. What was named
   * before and is not any more may go. Otherwise the last few that were built stay.
   *
   * @param classPath all that was handed out and stays
   */
  void keep(Collection<Path> classPath);

  /** What the app is made of now. */
  BuildInputs inputs();

  /**
   * Gets ready to build again in less time. It takes seconds and changes nothing; a build waits for
   * it. Call it once the app is built, in the background.
   */
  void prepare();
}
