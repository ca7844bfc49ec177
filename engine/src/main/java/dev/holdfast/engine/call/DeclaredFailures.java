// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.HoldfastException;
import dev.holdfast.RemoteException;
import dev.holdfast.engine.activation.Failures;
import dev.holdfast.engine.codec.ExceptionCodec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Set;

/**
 * Exceptions of object code as its callers get them: those that the method declares, and a fixed
 * list of the JDK's, as themselves, others as {@link RemoteException}.
 *
 * <p>A failure of the platform that object code let pass, say of a call it made in turn, is remote
 * too: what it says about having been applied is true of that call, not of this one.
 */
record DeclaredFailures(ExceptionCodec exceptions, Set<Class<?>> declared) implements Failures {

  @Override
  public Throwable translate(Throwable thrown) {
    if (thrown instanceof HoldfastException) {
      StringWriter stack = new StringWriter();
      thrown.printStackTrace(new PrintWriter(stack));
      return new RemoteException(
          thrown.getClass().getName(), String.valueOf(thrown.getMessage()), stack.toString());
    }
    return exceptions.copy(thrown, declared);
  }
}
