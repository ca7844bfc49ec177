# SPDX-License-Identifier: Apache-2.0
# workerd as the peer of the sql benchmark: one worker, one Durable Object class, SQLite-backed storage on
# disk. The runner names the directory (--directory-path disk=DIR) and the address (--socket-addr http=HOST:PORT).
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "shop", worker = .shop),
    (name = "disk", disk = (writable = true)),
  ],
  sockets = [(name = "http", http = (), service = "shop")],
);

const shop :Workerd.Worker = (
  modules = [(name = "sql.js", esModule = embed "sql.js")],
  compatibilityDate = "2026-11-01",
  durableObjectNamespaces = [(
    className = "Shop",
    uniqueKey = "holdfast-benchmarks-sql",
    enableSql = true,
    # Else objects are closed after ten seconds without a request, which pass while the other servers have their turns, and
    # a round would measure how they are opened again.
    preventEviction = true,
  )],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [(name = "SHOPS", durableObjectNamespace = "Shop")],
);
