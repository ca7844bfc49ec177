# SPDX-License-Identifier: Apache-2.0
# workerd as the peer of the durable-counter benchmark: one worker, one Durable Object class, SQLite-backed storage on
# disk. The runner names the directory (--directory-path disk=DIR) and the address (--socket-addr http=HOST:PORT).
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "counter", worker = .counter),
    (name = "disk", disk = (writable = true)),
  ],
  sockets = [(name = "http", http = (), service = "counter")],
);

const counter :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
  durableObjectNamespaces = [(
    className = "Counter",
    uniqueKey = "holdfast-benchmarks",
    enableSql = true,
    # Else objects are closed after ten seconds without a request, which pass while the other servers have their turns, and
    # a round would measure how they are opened again.
    preventEviction = true,
  )],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [(name = "COUNTERS", durableObjectNamespace = "Counter")],
);
