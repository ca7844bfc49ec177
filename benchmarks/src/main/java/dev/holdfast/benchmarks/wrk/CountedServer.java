// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.wrk;

import dev.holdfast.benchmarks.contest.App;
import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.LaunchOptions;
import dev.holdfast.benchmarks.contest.Participant;
import dev.holdfast.benchmarks.contest.RunningServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A contender whose objects hold numbers to which each write adds one. What was written is counted,
 * so that the data can be held against it. Not thread-safe.
 */
public final class CountedServer implements Participant {
  /** As wrk speaks; the client's default would ask each server to go over to HTTP/2. */
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final RunningServer process;
  private final Objects objects;
  private final Ledger ledger = new Ledger();

  /**
   * The objects of a server, of which {@code GET} answers the sum.
   *
   * @param prefix of their paths; a number from 0 follows
   */
  public record Objects(String prefix, int count) {}

  private CountedServer(RunningServer process, Objects objects) {
    this.process = process;
    this.objects = objects;
  }

  /** Starts a contender on a free port with no data; returns once it answers. */
  public static CountedServer start(
      Contender contender, App app, Objects objects, LaunchOptions options, Path parent)
      throws IOException, InterruptedException {
    return new CountedServer(RunningServer.start(contender, app, options, parent), objects);
  }

  @Override
  public Contender contender() {
    return process.contender();
  }

  @Override
  public void discard() throws IOException {
    process.discard();
  }

  /** Asks the process to end, and waits for it. */
  public void stop() throws InterruptedException {
    process.stop();
  }

  /**
   * Sends requests for a while.
   *
   * @param writes whether each of them adds one
   */
  public Round drive(Requests requests, boolean writes, Duration duration)
      throws IOException, InterruptedException {
    Round round = Round.run(process, requests, duration);
    if (writes) {
      ledger.add(requests, round.load());
    }
    return round;
  }

  /** Adds up all objects, and fails if that is not what was answered. */
  public void check() throws IOException, InterruptedException {
    ledger.check(sum(), "in", contender());
  }

  /** Checks, kills the server, starts it again and checks again. */
  public void verify() throws IOException, InterruptedException {
    check();
    process.killAndRestart();
    ledger.check(sum(), "after kill -9 in", contender());
  }

  private long sum() throws IOException, InterruptedException {
    long sum = 0;
    for (int i = 0; i < objects.count; i++) {
      sum += get(objects.prefix + i);
    }
    return sum;
  }

  /** The number that a path answers. */
  public long get(String path) throws IOException, InterruptedException {
    return number(request(path).GET());
  }

  /** The number that a path answers to a write, which does not count as one. */
  public long post(String path) throws IOException, InterruptedException {
    return number(request(path).POST(BodyPublishers.noBody()));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + process.port() + path));
  }

  private long number(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(
          "%s answered %d for %s: %s"
              .formatted(
                  contender().label, response.statusCode(), response.uri(), response.body()));
    }
    return Long.parseLong(response.body());
  }
}
