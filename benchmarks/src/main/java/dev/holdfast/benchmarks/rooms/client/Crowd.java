// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.client;

import dev.holdfast.benchmarks.contest.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All sockets that are open: rooms with as many members each. What happens to them goes to the
 * {@link Traffic} that is under way, if one is. Event loop only.
 */
final class Crowd {
  /** Handshakes at a time: a crowd at the door is not what is measured. */
  private static final int OPENING_AT_ONCE = 100;

  /** As many sockets have one address of the loopback, which has some 28,000 ports. */
  private static final int SOCKETS_PER_ADDRESS = 10_000;

  /** For all of them: 20,000 need 167 a second. */
  static final int OPEN_SECONDS = 120;

  private static final int LEAVE_SECONDS = 20;

  private final Transport transport;
  private final InetSocketAddress server;
  private final List<Room> rooms = new ArrayList<>();
  private final List<Member> members = new ArrayList<>();
  private final CompletableFuture<Crowd> allOpen = new CompletableFuture<>();
  private final CompletableFuture<Void> allLeft = new CompletableFuture<>();
  private int connecting;
  private int open;
  private int left;
  private @Nullable Throwable failure;
  private @Nullable Traffic traffic;

  /**
   * A crowd that is not connected.
   *
   * @param name begins the names of its rooms, which no crowd before had
   */
  Crowd(Transport transport, int port, String name, int roomCount, int size) {
    this.transport = transport;
    this.server = new InetSocketAddress(loopback(1), port);
    for (int r = 0; r < roomCount; r++) {
      Room room = new Room(size);
      rooms.add(room);
      for (int m = 0; m < size; m++) {
        Member member = new Member(this, room, "/rooms/" + name + "-" + r);
        room.members()[m] = member;
        members.add(member);
      }
    }
  }

  /** 127.0.0.n. */
  private static InetAddress loopback(int n) {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) n});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  List<Room> rooms() {
    return rooms;
  }

  /** How many sockets there are. */
  int size() {
    return members.size();
  }

  // ---------------------------------------------------------------- coming and going

  /** Fails if the server takes too long, and says how far it came. */
  CompletableFuture<Crowd> open() {
    limit(
        allOpen,
        OPEN_SECONDS,
        () ->
            "%d of %d sockets were opened within %d s"
                .formatted(open, members.size(), OPEN_SECONDS));
    for (int i = 0; i < OPENING_AT_ONCE; i++) {
      connectNext();
    }
    return allOpen;
  }

  private void connectNext() {
    if (connecting == members.size() || failure != null) {
      return;
    }
    Member member = members.get(connecting);
    InetSocketAddress from =
        new InetSocketAddress(loopback(1 + connecting / SOCKETS_PER_ADDRESS), 0);
    connecting++;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(transport.loop())
            .channel(transport.client())
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(member);
                  }
                });
    if (transport.isEpoll()) {
      bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
    }
    var _ =
        bootstrap
            .connect(server, from)
            .addListener(
                (ChannelFutureListener)
                    connected -> {
                      if (!connected.isSuccess()) {
                        fail(connected.cause());
                      }
                    });
  }

  void opened() {
    open++;
    connectNext();
    if (open == members.size()) {
      allOpen.complete(this);
    }
  }

  CompletableFuture<Void> leave() {
    members.forEach(Member::leave);
    limit(
        allLeft,
        LEAVE_SECONDS,
        () ->
            "%d of %d sockets were not closed within %d s after a close frame"
                .formatted(members.size() - left, members.size(), LEAVE_SECONDS));
    return allLeft;
  }

  void left() {
    left++;
    if (left == members.size()) {
      allLeft.complete(null);
    }
  }

  /** Fails all if {@code what} is not done in time. */
  private void limit(CompletableFuture<?> what, int seconds, Supplier<String> late) {
    ScheduledFuture<?> end =
        transport
            .loop()
            .schedule(() -> fail(new WrongDelivery(late.get())), seconds, TimeUnit.SECONDS);
    var _ = what.whenComplete((_, _) -> end.cancel(false));
  }

  /** Something is wrong: what is under way fails, and all sockets are cut off. */
  void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
      allOpen.completeExceptionally(cause);
      allLeft.completeExceptionally(cause);
      if (traffic != null) {
        traffic.fail(cause);
      }
      members.forEach(Member::cutOff);
    }
  }

  // ---------------------------------------------------------------- messages

  /** From now on deliveries go there. */
  void carry(Traffic next) {
    traffic = next;
    if (failure != null) {
      next.fail(failure);
    }
  }

  /**
   * A member got a message.
   *
   * @param all whether it was the last one to get it
   */
  void delivered(Room room, long sentAt, boolean all) {
    Traffic current = traffic;
    if (current == null) {
      throw new WrongDelivery("a message came when none was sent");
    }
    current.delivered(room, sentAt, all);
  }
}
