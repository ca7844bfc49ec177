// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import dev.holdfast.Holdfast;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.server.Node;
import dev.holdfast.server.NodeOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node with the objects that a page of the documentation shows. */
@Timeout(120)
abstract class DocsSuite {
  @TempDir private Path data;
  final LateClock clock = new LateClock();
  private final List<ObjectClass<?>> classes;
  private Holdfast node;

  DocsSuite(ObjectClass<?>... classes) {
    this.classes = List.of(classes);
  }

  @BeforeEach
  void start() {
    EngineOptions engine = EngineOptions.defaults().withClock(clock);
    node = Node.start(NodeOptions.over(data).withEngine(engine), classes, null);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  /** Stops the node and starts another one on the same data. */
  void restart() {
    stop();
    start();
  }

  Holdfast node() {
    return node;
  }

  Path data() {
    return data;
  }

  /** Lets the clock of the node show a later time. */
  void pass(Duration time) {
    clock.pass(time);
  }
}
