// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Worker;
import dev.holdfast.server.app.Folders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What Maven builds is put in place too. */
class DevServerMavenTest extends DevServerSuite {

  @Test
  void what_maven_builds_is_put_in_place_too() throws Exception {
    Files.createDirectories(folder.resolve("src/main/java"));
    Files.move(folder.resolve("src/room"), folder.resolve("src/main/java/room"));
    Folders.write(folder, "pom.xml", "<project/>");
    Path maven =
        Folders.write(
            folder,
            "mvnw",
            """
            #!/bin/sh
            mkdir -p target/classes
            "$JAVA_HOME/bin/javac" -cp '%s' -d target/classes src/main/java/room/*.java || exit 1
            touch target/classes/Generated.class
            printf '' > target/holdfast.classpath
            """
                .formatted(
                    Path.of(
                        Worker.class.getProtectionDomain().getCodeSource().getLocation().toURI())));
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    serve();
    assertThat(get()).startsWith("old 0");

    edit("src/main/java/room/RoomWorker.java", text -> text.replace("\"old \"", "\"new \""));
    awaitSaid("new code in place");

    assertThat(get()).startsWith("new 0");
  }

  @Test
  void a_save_during_a_build_is_not_lost() throws Exception {
    Path api = Path.of(Worker.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Files.createDirectories(folder.resolve("src/main/java"));
    Files.move(folder.resolve("src/room"), folder.resolve("src/main/java/room"));
    Folders.write(folder, "pom.xml", "<project/>");
    // Like Maven it compiles only if a source is newer than its class; Generated.class keeps the
    // builds from being done without it.
    Path maven =
        Folders.write(
            folder,
            "mvnw",
            """
            #!/bin/sh
            worker=src/main/java/room/RoomWorker.java
            mkdir -p target/classes
            if [ ! -f target/classes/Generated.class ] || [ $worker -nt target/classes/Generated.class ]
            then
              "$JAVA_HOME/bin/javac" -cp '%s' -d target/classes src/main/java/room/*.java || exit 1
              if [ -f hold ]; then
                mv hold held
                while [ ! -f go ]; do sleep 0.1; done
              fi
              touch target/classes/Generated.class
            fi
            printf '' > target/holdfast.classpath
            """
                .formatted(api));
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    String worker = "src/main/java/room/RoomWorker.java";
    serve();
    Folders.write(folder, "hold", "");
    edit(worker, text -> text.replace("\"old \"", "\"new \""));
    await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(folder.resolve("held")));

    edit(worker, text -> text.replace("\"new \"", "\"newer \""));
    Folders.write(folder, "go", "");

    await().atMost(Duration.ofMinutes(1)).until(() -> get().startsWith("newer 0"));
    assertThat(count("new code in place")).isEqualTo(2);
  }
}
