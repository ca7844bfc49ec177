// SPDX-License-Identifier: Apache-2.0
// The rooms of the rooms benchmark as one writes them for workerd: sockets are accepted with hibernation, what a member says is
// sent to all, nothing is stored.
import { DurableObject } from "cloudflare:workers";

export class Room extends DurableObject {
  fetch(request) {
    if (request.headers.get("upgrade") !== "websocket") {
      return new Response(null, { status: 426 });
    }
    const [client, server] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(socket, message) {
    for (const member of this.ctx.getWebSockets()) {
      member.send(message);
    }
  }

  webSocketClose(socket, code) {
    socket.close(code); // else the client's close frame is not answered
  }
}

export default {
  fetch(request, env) {
    const [, app, name] = new URL(request.url).pathname.split("/");
    return app === "rooms" ? env.ROOMS.getByName(name).fetch(request) : new Response("rooms");
  },
};
