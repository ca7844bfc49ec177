// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts the stack trace of the object and that of its caller into one. */
final class StackTraces {
  private StackTraces() {}

  /**
   * Gives an exception that was made here the frames of the original, then a frame that marks the
   * call, then its own: what a reader wants to know first stands first, and any log shows it.
   */
  static void join(Throwable made, Thrown original) {
    List<StackTraceElement> local = local(made);
    List<Thrown.Frame> remote = original.frames();
    int own = remote.size() - overlap(remote, local.stream().map(Thrown.Frame::of).toList());
    List<StackTraceElement> joined = new ArrayList<>(elements(remote.subList(0, own)));
    joined.add(mark(made, original));
    joined.addAll(local);
    made.setStackTrace(joined.toArray(StackTraceElement[]::new));
  }

  /**
   * Gives a cause, or what was suppressed, the frames of the original down to where it was caught.
   */
  static void adopt(Throwable made, Thrown original, Thrown enclosing) {
    List<Thrown.Frame> frames = original.frames();
    int own = frames.size() - overlap(frames, enclosing.frames());
    made.setStackTrace(elements(frames.subList(0, own)).toArray(StackTraceElement[]::new));
  }

  private static StackTraceElement mark(Throwable made, Thrown original) {
    String note = "object above, caller below";
    return new StackTraceElement(
        "dev.holdfast",
        "call",
        made.getClass().getName().equals(original.type())
            ? note
            : "thrown as " + original.type() + "; " + note,
        -1);
  }

  /** The frames below those through which it was made. */
  private static List<StackTraceElement> local(Throwable made) {
    List<StackTraceElement> trace = Arrays.asList(made.getStackTrace());
    int start = 0;
    while (start < trace.size() && !isMaker(trace.get(start))) {
      start++;
    }
    while (start < trace.size() && isMaker(trace.get(start))) {
      start++;
    }
    return trace.subList(start, trace.size());
  }

  private static boolean isMaker(StackTraceElement frame) {
    return frame.getClassName().equals(ExceptionCodec.class.getName());
  }

  private static List<StackTraceElement> elements(List<Thrown.Frame> frames) {
    return frames.stream().map(Thrown.Frame::element).toList();
  }

  /**
   * How many frames at the end of {@code upper} stand in {@code lower} as well: those of a thread
   * that both have in common. Those at the end of {@code lower} may be missing in {@code upper},
   * which was cut to size.
   */
  private static int overlap(List<Thrown.Frame> upper, List<Thrown.Frame> lower) {
    int longest = 0;
    for (int end = lower.size(); end > longest; end--) {
      int run = 0;
      while (run < end
          && run < upper.size()
          && upper.get(upper.size() - 1 - run).equals(lower.get(end - 1 - run))) {
        run++;
      }
      longest = Math.max(longest, run);
    }
    return longest;
  }

  /** The stack traces of an exception and its causes, as {@code printStackTrace} has them. */
  static String text(Thrown thrown) {
    StringBuilder text = new StringBuilder();
    append(thrown, "", "", text);
    return text.toString();
  }

  private static void append(Thrown thrown, String caption, String indent, StringBuilder text) {
    text.append(indent).append(caption).append(thrown.headline()).append('\n');
    for (StackTraceElement element : elements(thrown.frames())) {
      text.append(indent).append("\tat ").append(element).append('\n');
    }
    for (Thrown suppressed : thrown.suppressed()) {
      append(suppressed, "Suppressed: ", indent + "\t", text);
    }
    if (thrown.cause() != null) {
      append(thrown.cause(), "Caused by: ", indent, text);
    }
  }
}
