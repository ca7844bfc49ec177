// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import dev.holdfast.benchmarks.contest.App;
import dev.holdfast.benchmarks.contest.Command;
import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.LaunchOptions;
import dev.holdfast.benchmarks.contest.Participant;
import dev.holdfast.benchmarks.contest.RunningServer;
import dev.holdfast.benchmarks.contest.Workerd;
import dev.holdfast.benchmarks.wrk.Ledger;
import dev.holdfast.benchmarks.wrk.Requests;
import dev.holdfast.benchmarks.wrk.Round;
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
 * A contender that serves counters.
 *
 * @param ledger the increments sent to it
 */
record CounterServer(RunningServer process, Ledger ledger) implements Participant {
  private static final App APP = new App("counter", "/counters/c0");

  /** As wrk speaks; the client's default would ask each server to go over to HTTP/2. */
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Builds or installs what the server needs, where that is out of date. */
  static void prepare(Contender contender) throws IOException, InterruptedException {
    switch (contender) {
      case OURS -> Command.run("scripts/build-server");
      case FLOOR -> FloorCache.refresh();
      case WORKERD -> Workerd.install();
    }
  }

  /** Starts a contender on a free port with no data; returns once it answers. */
  static CounterServer start(Contender contender, LaunchOptions options, Path parent)
      throws IOException, InterruptedException {
    return new CounterServer(RunningServer.start(contender, APP, options, parent), new Ledger());
  }

  @Override
  public Contender contender() {
    return process.contender();
  }

  @Override
  public void discard() throws IOException {
    process.discard();
  }

  /** Sends requests for a while. */
  Round drive(Workload workload, Duration duration) throws IOException, InterruptedException {
    Requests requests = workload.requests();
    Round round = Round.run(process, requests, duration);
    if (workload.kind() == Workload.Kind.INCREMENT) {
      ledger.add(requests, round.load());
    }
    return round;
  }

  /** Reads every counter, kills the server, starts it again and reads them again. */
  void verify() throws IOException, InterruptedException {
    ledger.check(sum(), "in", contender());
    process.killAndRestart();
    ledger.check(sum(), "after kill -9 in", contender());
  }

  private long sum() throws IOException, InterruptedException {
    long sum = 0;
    for (int i = 0; i < Workload.MOST_OBJECTS; i++) {
      sum += value("c" + i);
    }
    return sum;
  }

  /** The value of a counter. */
  long value(String counter) throws IOException, InterruptedException {
    return number(request(counter).build());
  }

  /** Adds one to a counter; returns its value. */
  long increment(String counter) throws IOException, InterruptedException {
    return number(request(counter + "/increment").POST(BodyPublishers.noBody()).build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + process.port() + "/counters/" + path));
  }

  private long number(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = CLIENT.send(request, BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(
          "%s answered %d for %s: %s"
              .formatted(
                  contender().label, response.statusCode(), response.uri(), response.body()));
    }
    return Long.parseLong(response.body());
  }
}
