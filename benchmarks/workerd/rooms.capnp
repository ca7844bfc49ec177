# SPDX-License-Identifier: Apache-2.0
# workerd as the peer of the rooms benchmark: one worker, one Durable Object class. The runner names the configuration, the
# directory (--directory-path disk=DIR) and the address (--socket-addr http=HOST:PORT).
using Workerd = import "/workerd/workerd.capnp";

# Objects stay in memory: else they are closed after ten seconds without a message, which pass while the other servers have
# their turns, and a round would measure how they are opened again.
const awake :Workerd.Config = (
  services = [
    (name = "rooms", worker = .keptRooms),
    (name = "disk", disk = (writable = true)),
  ],
  sockets = [(name = "http", http = (), service = "rooms")],
);

# Objects leave memory when they are idle, as by default, and their sockets stay.
const asleep :Workerd.Config = (
  services = [
    (name = "rooms", worker = .rooms),
    (name = "disk", disk = (writable = true)),
  ],
  sockets = [(name = "http", http = (), service = "rooms")],
);

const keptRooms :Workerd.Worker = (
  modules = [(name = "rooms.js", esModule = embed "rooms.js")],
  compatibilityDate = "2026-11-01",
  durableObjectNamespaces = [(
    className = "Room",
    uniqueKey = "holdfast-benchmarks-rooms",
    enableSql = true,
    preventEviction = true,
  )],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [(name = "ROOMS", durableObjectNamespace = "Room")],
);

const rooms :Workerd.Worker = (
  modules = [(name = "rooms.js", esModule = embed "rooms.js")],
  compatibilityDate = "2026-11-01",
  durableObjectNamespaces = [(
    className = "Room",
    uniqueKey = "holdfast-benchmarks-rooms",
    enableSql = true,
  )],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [(name = "ROOMS", durableObjectNamespace = "Room")],
);
