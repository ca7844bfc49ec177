// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/**
 * Netty's best way to the network on this machine.
 *
 * @param loop an event loop, one thread
 * @param server what listens
 * @param client what connects
 */
public record Transport(
    EventLoopGroup loop,
    Class<? extends ServerSocketChannel> server,
    Class<? extends SocketChannel> client) {

  public static Transport start() {
    return Epoll.isAvailable()
        ? new Transport(
            loop(EpollIoHandler.newFactory()),
            EpollServerSocketChannel.class,
            EpollSocketChannel.class)
        : new Transport(
            loop(NioIoHandler.newFactory()), NioServerSocketChannel.class, NioSocketChannel.class);
  }

  private static EventLoopGroup loop(IoHandlerFactory handlers) {
    return new MultiThreadIoEventLoopGroup(1, handlers);
  }

  /** Whether a client's port can be chosen when it connects, so that it may be used twice. */
  public boolean isEpoll() {
    return client == EpollSocketChannel.class;
  }
}
