// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.engine.AbandonedThreads;
import dev.holdfast.engine.NodeClock;
import dev.holdfast.engine.gate.Output;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Who is at one end of a pipe: how they wait for the other end, and what their bytes wait for. */
sealed interface PipeEnd {
  /**
   * After so many bytes without a wait others are let in all the same: else an object whose other
   * end keeps up would be held from the first byte of a body to its last.
   */
  int HAND_OVER_BYTES = BodyPipe.CAPACITY_BYTES;

  /** The end at which the calling thread is. */
  static PipeEnd ofCaller() {
    Event event = CurrentEvent.get();
    return event == null ? outside() : new Inside(event.activation());
  }

  /** The end of code outside of any object. */
  static PipeEnd outside() {
    return Outside.INSTANCE;
  }

  /** Throws if the calling thread may not wait here and now, whether it has to or not. */
  void checkMayWait(String what);

  /** Waits until {@code pipe} has room or nobody reads it any more, or for less. */
  void awaitRoom(BodyPipe pipe) throws InterruptedIOException;

  /** Waits until there is something to take from {@code pipe}, or never will be. */
  void awaitNews(BodyPipe pipe) throws InterruptedIOException;

  /** Lets a piece go when it may. */
  void release(Output piece);

  /**
   * Code of an object. It hands the baton on while it waits, and its pieces stand behind what was
   * written to storage before.
   */
  record Inside(Activation activation) implements PipeEnd {

    @Override
    public void checkMayWait(String what) {
      activation.suspensions().checkMayWait(what);
    }

    /**
     * Not for ever: a reader that takes nothing for the limit on idle streams is taken for gone.
     */
    @Override
    public void awaitRoom(BodyPipe pipe) {
      if (!pipe.full()) {
        suspend("writing " + pipe, pipe::whenRoom);
        return;
      }
      Duration limit = activation.table().limits().streamIdle();
      long taken = pipe.taken();
      NodeClock.Scheduled patience =
          activation
              .table()
              .clock()
              .after(limit, () -> pipe.writerWaited(taken, Seconds.of(limit)));
      try {
        suspend("writing " + pipe, pipe::whenRoom);
      } finally {
        patience.cancel();
      }
    }

    @Override
    public void awaitNews(BodyPipe pipe) {
      suspend("reading " + pipe, pipe::whenNews);
    }

    private void suspend(String what, Consumer<Runnable> waiting) {
      Event event = activation.runningEvent();
      activation
          .suspensions()
          .suspend(event, what, () -> waiting.accept(() -> activation.gate().resume(event)));
    }

    /**
     * Ends the turn. A call writes into bodies of others only, to which the piece is something
     * sent: the call's answer says nothing of it. An event that writes a body of its own answers
     * with it.
     */
    @Override
    public void release(Output piece) {
      Event event = activation.runningEvent();
      activation.seal(event);
      if (event instanceof CallEvent) {
        activation.sends(event);
      }
      activation.pipeline().release(piece);
    }
  }

  /**
   * Code outside of any object. It merely blocks, unless somebody interrupts it or has abandoned
   * its thread, and nothing holds its pieces back.
   */
  final class Outside implements PipeEnd {
    private static final Outside INSTANCE = new Outside();

    @Override
    public void checkMayWait(String what) {}

    @Override
    public void awaitRoom(BodyPipe pipe) throws InterruptedIOException {
      Signal signal = new Signal("writing " + pipe);
      pipe.whenRoom(signal);
      signal.await();
    }

    @Override
    public void awaitNews(BodyPipe pipe) throws InterruptedIOException {
      Signal signal = new Signal("reading " + pipe);
      pipe.whenNews(signal);
      signal.await();
    }

    @Override
    public void release(Output piece) {
      piece.leave();
    }
  }

  /** Wakes the thread that made it. */
  final class Signal implements Runnable {
    private final Thread waiter = Thread.currentThread();
    private final String what;
    private volatile boolean given;

    private Signal(String what) {
      this.what = what;
    }

    @Override
    public void run() {
      given = true;
      LockSupport.unpark(waiter);
    }

    private void await() throws InterruptedIOException {
      while (!given) {
        if (Thread.interrupted()) {
          throw new InterruptedIOException("interrupted while " + what);
        }
        String abandoned = AbandonedThreads.reason(waiter);
        if (abandoned != null) {
          throw new InterruptedIOException("stopped " + what + ": " + abandoned);
        }
        LockSupport.park(this);
      }
    }
  }
}
