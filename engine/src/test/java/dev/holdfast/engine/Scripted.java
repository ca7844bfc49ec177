// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.CallOptions;
import dev.holdfast.DurableObject;
import dev.holdfast.Exclusive;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectStub;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.SleepReason;
import dev.holdfast.Sql;
import dev.holdfast.Storage;
import dev.holdfast.WebSocket;
import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** An object whose code is the scripts of a {@link TestEngine}. */
public class Scripted extends DurableObject implements ScriptedCalls {
  private final TestEngine test;
  private final int activation;

  /** A field, for tests of what is lost with the activation. */
  public long memory;

  Scripted(ObjectContext ctx, TestEngine test) {
    super(ctx);
    this.test = test;
    this.activation = test.constructed(ctx.name().orElse(ctx.id().toString()));
    test.constructor().accept(this);
  }

  /** Which activation of its object this is, from 1. */
  public int activation() {
    return activation;
  }

  public String name() {
    return ctx().name().orElseThrow();
  }

  public ObjectContext context() {
    return ctx();
  }

  public Storage store() {
    return storage();
  }

  public Sql database() {
    return sql();
  }

  /** Another object of the same class. */
  public ScriptedCalls other(String name) {
    return ctx().env().objects(TestEngine.SCRIPTED, ScriptedCalls.class).getByName(name);
  }

  /** Another object of the same class, called with a timeout. */
  public ScriptedCalls within(Duration timeout, String name) {
    return ctx()
        .env()
        .objects(TestEngine.SCRIPTED, ScriptedCalls.class)
        .with(CallOptions.timeout(timeout))
        .getByName(name);
  }

  /** The untyped stub of another object of the same class. */
  public ObjectStub stub(String name) {
    return ObjectStub.of(other(name));
  }

  /** Runs {@code body} as a critical section. */
  public String section(Script body) throws Exception {
    return ctx().blockConcurrencyWhile(() -> body.run(this));
  }

  /** Adds to a durable counter. */
  public long add(String key, long by) {
    long sum = count(key) + by;
    storage().put(key, sum);
    return sum;
  }

  /** The value of a durable counter. */
  public long count(String key) {
    return storage().get(key, Long.class).orElse(0L);
  }

  @Override
  public String run(String script) throws Exception {
    return test.script(script).run(this);
  }

  @Override
  @Exclusive
  public String alone(String script) throws Exception {
    return run(script);
  }

  @Override
  public synchronized String locked(String script) throws Exception {
    return run(script);
  }

  @Override
  public CompletableFuture<String> later(String script) {
    try {
      return CompletableFuture.completedFuture(run(script));
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  protected Response fetch(Request request) throws Exception {
    return test.handler(request.url().path().substring(1)).handle(this, request);
  }

  @Override
  protected void webSocketMessage(WebSocket socket, WebSocketMessage message) throws Exception {
    test.onMessage().handle(this, socket, message);
  }

  @Override
  protected void webSocketClose(WebSocket socket, WebSocketClose close) throws Exception {
    test.onClose().handle(this, socket, close);
  }

  /** One that wants to know of its sleep. */
  static final class Sleeper extends Scripted {
    private final TestEngine test;

    Sleeper(ObjectContext ctx, TestEngine test) {
      super(ctx, test);
      this.test = test;
    }

    @Override
    protected void beforeSleep(SleepReason reason) {
      test.beforeSleep().accept(this, reason);
    }
  }

  /** One whose every event is a critical section. */
  @Exclusive
  static final class Loner extends Scripted {
    Loner(ObjectContext ctx, TestEngine test) {
      super(ctx, test);
    }
  }
}
