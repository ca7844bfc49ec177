-- SPDX-License-Identifier: Apache-2.0
-- wrk's side of the sql benchmark: `wrk … -s sql.lua URL -- METHOD OBJECTS ITEMS` spreads requests evenly over the shops s0,
-- s1, … and over the items 1, 2, … of each; what all requests have in common is formatted once.
local threads = 0

function setup(thread)
  thread:set("seed", os.time() + 7919 * threads)
  threads = threads + 1
end

function init(args)
  local method, objects, items = args[1], tonumber(args[2]), tonumber(args[3])
  local first, last = wrk.format(method, "/@"):match("^(.-)/@(.*)$")
  local shops, tails = {}, {}
  for i = 1, objects do
    shops[i] = first .. "/shops/s" .. (i - 1) .. "/items/"
  end
  for i = 1, items do
    tails[i] = i .. last
  end
  math.randomseed(seed)
  local random = math.random
  request = function()
    return shops[random(objects)] .. tails[random(items)]
  end
end

-- One line of numbers; times in microseconds. os.clock() is the processor time of all of wrk.
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("result %d %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, os.clock() * 1e6))
end
