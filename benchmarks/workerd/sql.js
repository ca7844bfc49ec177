// SPDX-License-Identifier: Apache-2.0
// The shop of the sql benchmark as one writes it for workerd: the request goes to the object as it is, an item is a row, an
// update one statement. Writes are confirmed: the answer waits at the output gate until SQLite has committed and synced.
import { DurableObject } from "cloudflare:workers";

const ITEMS = 1000;
const asText = { headers: { "content-type": "text/plain;charset=utf-8" } };

export class Shop extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS item(id INTEGER PRIMARY KEY, n INTEGER NOT NULL)");
    if (this.sql.exec("SELECT count(*) AS c FROM item").one().c === 0) {
      this.sql.exec(
        "INSERT INTO item(id, n) WITH RECURSIVE ids(id) AS" +
          " (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < ?) SELECT id, 0 FROM ids",
        ITEMS,
      );
    }
  }

  fetch(request) {
    const [, , , items, item] = new URL(request.url).pathname.split("/");
    if (items === undefined) {
      return new Response(String(this.sql.exec("SELECT sum(n) AS s FROM item").one().s), asText);
    }
    const id = Number(item);
    switch (request.method) {
      case "POST":
        this.sql.exec("UPDATE item SET n=n+1 WHERE id=?", id);
        return new Response("1", asText);
      case "GET":
        return new Response(String(this.sql.exec("SELECT n FROM item WHERE id=?", id).one().n), asText);
      default:
        return new Response(null, { status: 405 });
    }
  }
}

export default {
  fetch(request, env) {
    const [, , name] = new URL(request.url).pathname.split("/");
    return env.SHOPS.getByName(name).fetch(request);
  },
};
