-- Sends the requests of a file in turn, and prints what came back as one line of JSON.
-- A line of the file: method, path, form and headers, separated by tabs.

local requests, other_choice = {}, {}
local position, lap = 0, 0

function init(arguments)
    for line in io.lines(arguments[1]) do
        local fields = {}
        for field in (line .. "\t"):gmatch("([^\t]*)\t") do
            fields[#fields + 1] = field
        end
        local headers = {}
        for n = 4, #fields do
            local name, value = fields[n]:match("^([^:]+): (.*)$")
            headers[name] = value
        end
        local form = fields[3]
        requests[#requests + 1] = wrk.format(fields[1], fields[2], headers, form ~= "" and form or nil)
        if form ~= "" then
            local other = form:gsub("ship", "\1"):gsub("skip", "ship"):gsub("\1", "skip")
            other_choice[#requests] = wrk.format(fields[1], fields[2], headers, other)
        end
    end
end

function request()
    position = position + 1
    if position > #requests then
        position, lap = 1, lap + 1
    end
    if lap % 2 == 1 and other_choice[position] then
        return other_choice[position]
    end
    return requests[position]
end

function done(summary, latency, _)
    local errors = summary.errors
    io.write(string.format(
        '{"rate": %.3f, "p50": %.3f, "p99": %.3f, "requests": %d, "refused": %d, "broken": %d}\n',
        summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
        summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
