// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import dev.holdfast.engine.socket.Socket;
import dev.holdfast.engine.socket.SocketEvents;

/**
 * Brings what happens on sockets to the objects of a namespace. Thread-safe.
 *
 * @param table the objects
 */
public record SocketDelivery(ActivationTable table) implements SocketEvents {

  @Override
  public void message(Socket socket, WebSocketMessage message) {
    bring(socket, new SocketInvocation.Message(socket, message));
  }

  @Override
  public void closed(Socket socket, WebSocketClose close) {
    bring(socket, new SocketInvocation.Close(socket, close));
  }

  private void bring(Socket socket, SocketInvocation invocation) {
    Call call = new Call(socket.object().id(), invocation, null, Event.NEVER, invocation);
    table.bring(call.id(), new CallEvent(call), false);
  }
}
