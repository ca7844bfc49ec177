// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql;

import dev.holdfast.benchmarks.contest.App;
import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.LaunchOptions;
import dev.holdfast.benchmarks.contest.Participant;
import dev.holdfast.benchmarks.contest.RunningServer;
import dev.holdfast.benchmarks.wrk.Ledger;
import dev.holdfast.benchmarks.wrk.Requests;
import dev.holdfast.benchmarks.wrk.Round;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A contender that serves shops.
 *
 * @param ledger the updates sent to it
 */
record ShopServer(RunningServer process, Ledger ledger) implements Participant {
  private static final App APP = new App("sql", "/shops/s0");

  /** As wrk speaks; the client's default would ask each server to go over to HTTP/2. */
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Starts a contender with no data but all shops; returns once each of them has its items. */
  static ShopServer start(Contender contender, LaunchOptions options, Path parent)
      throws IOException, InterruptedException {
    RunningServer process = RunningServer.start(contender, APP, options, parent);
    ShopServer server = new ShopServer(process, new Ledger());
    try {
      server.ledger.check(server.sum(), "in", contender);
      return server;
    } catch (IOException | InterruptedException | IllegalStateException e) {
      process.discard();
      throw e;
    }
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
    if (workload.kind() == Workload.Kind.UPDATE) {
      ledger.add(requests, round.load());
    }
    return round;
  }

  /** Adds up every shop, kills the server, starts it again and adds up again. */
  void verify() throws IOException, InterruptedException {
    ledger.check(sum(), "in", contender());
    process.killAndRestart();
    ledger.check(sum(), "after kill -9 in", contender());
  }

  private long sum() throws IOException, InterruptedException {
    long sum = 0;
    for (int i = 0; i < Workload.MOST_OBJECTS; i++) {
      sum += total("s" + i);
    }
    return sum;
  }

  private long total(String shop) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + process.port() + "/shops/" + shop);
    HttpResponse<String> response =
        CLIENT.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(
          "%s answered %d for %s: %s"
              .formatted(contender().label, response.statusCode(), uri, response.body()));
    }
    return Long.parseLong(response.body());
  }
}
