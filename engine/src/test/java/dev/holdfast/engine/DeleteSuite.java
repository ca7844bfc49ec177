// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.awaitWaiting;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;

import dev.holdfast.Bookmark;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.store.ObjectRef;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;

/** Tests of deleting objects. */
abstract class DeleteSuite extends EngineSuite {
  @BeforeEach
  void scripts() {
    test.script("add", self -> String.valueOf(self.add("n", 1)));
    test.script("get", self -> self.store().list(Long.class, KeyRange.all()).toString());
    test.script("bookmark", self -> self.store().history().current().toString());
  }

  ObjectNamespace<ScriptedCalls> objects() {
    return test.objects();
  }

  ObjectId id(String name) {
    return objects().idFromName(name);
  }

  CompletableFuture<Boolean> delete(String name) {
    return test.worker(() -> objects().delete(id(name)));
  }

  /** A deletion that has its place before the object's gate. */
  CompletableFuture<Boolean> deletionThatWaits(String name) {
    CompletableFuture<Boolean> deleted = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    deleted.complete(objects().delete(id(name)));
                  } catch (RuntimeException | Error e) {
                    deleted.completeExceptionally(e);
                  }
                });
    awaitWaiting(thread);
    return deleted;
  }

  /** A call that is within its object, which adds 1 when it is let go. */
  record Inside(CompletableFuture<String> answer, CountDownLatch go) {}

  Inside inside(String name) {
    CountDownLatch go = test.latch();
    CountDownLatch started = test.latch();
    test.script(
        "slow",
        self -> {
          started.countDown();
          pass(go);
          return String.valueOf(self.add("n", 1));
        });
    CompletableFuture<String> answer = test.call(name, "slow");
    pass(started);
    return new Inside(answer, go);
  }

  ObjectRef ref(String name) {
    return new ObjectRef(TestEngine.SCRIPTED, id(name));
  }

  boolean isStored(String name) {
    return test.store().directory().find(ref(name)) != null;
  }

  Bookmark bookmark(String name) {
    return Bookmark.parse(get(test.call(name, "bookmark")));
  }
}
