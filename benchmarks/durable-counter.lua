-- SPDX-License-Identifier: Apache-2.0
-- wrk's side of the durable-counter benchmark: `wrk … -s durable-counter.lua URL -- METHOD OBJECTS` spreads requests evenly
-- over the counters c0, c1, …; the requests are formatted once, so that wrk itself costs as little as it can.
local threads = 0

function setup(thread)
  thread:set("seed", os.time() + 7919 * threads)
  threads = threads + 1
end

function init(args)
  local method, objects = args[1], tonumber(args[2])
  local suffix = method == "POST" and "/increment" or ""
  local requests = {}
  for i = 1, objects do
    requests[i] = wrk.format(method, "/counters/c" .. (i - 1) .. suffix)
  end
  math.randomseed(seed)
  local random = math.random
  request = function()
    return requests[random(objects)]
  end
end

-- One line of numbers; times in microseconds. os.clock() is the processor time of all of wrk.
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("result %d %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, os.clock() * 1e6))
end
