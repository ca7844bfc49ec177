// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.floor;

import dev.holdfast.benchmarks.contest.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves rooms by hand, with bare Netty. */
@Command(name = "room-floor", mixinStandardHelpOptions = true)
public final class RoomFloor implements Callable<Integer> {
  private static final int BACKLOG = 4_096;
  private static final int MAX_BODY_BYTES = 1 << 10;

  @Option(names = "--port", required = true, description = "on the loopback")
  private int port;

  private RoomFloor() {}

  public static void main(String[] args) {
    int exit = new CommandLine(new RoomFloor()).execute(args);
    if (exit != 0) {
      System.exit(exit);
    }
  }

  /** Returns once it serves; the event loop keeps the process alive. */
  @Override
  public Integer call() throws InterruptedException {
    Transport transport = Transport.start();
    Rooms rooms = new Rooms(transport.loop().next());
    new ServerBootstrap()
        .group(transport.loop())
        .channel(transport.server())
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(new HttpServerCodec())
                    .addLast(new HttpObjectAggregator(MAX_BODY_BYTES))
                    .addLast(new Opening(rooms));
              }
            })
        .bind("127.0.0.1", port)
        .sync();
    return 0;
  }
}
