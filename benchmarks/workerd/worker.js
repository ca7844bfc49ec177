// SPDX-License-Identifier: Apache-2.0
// The counter of the durable-counter benchmark as one writes it for workerd to be fast: the request goes to the object
// as it is, the value is a field, one synchronous key-value put per increment. Writes are confirmed: the answer waits at
// the output gate until SQLite has committed and synced.
import { DurableObject } from "cloudflare:workers";

const asText = { headers: { "content-type": "text/plain;charset=utf-8" } };

export class Counter extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.value = ctx.storage.kv.get("value") ?? 0;
  }

  fetch(request) {
    switch (request.method) {
      case "POST":
        this.value += 1;
        this.ctx.storage.kv.put("value", this.value);
        return new Response(String(this.value), asText);
      case "GET":
        return new Response(String(this.value), asText);
      default:
        return new Response(null, { status: 405 });
    }
  }
}

export default {
  fetch(request, env) {
    const [, , name] = new URL(request.url).pathname.split("/");
    return env.COUNTERS.getByName(name).fetch(request);
  },
};
