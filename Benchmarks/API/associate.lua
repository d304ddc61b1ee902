-- wrk: each thread, with one connection, makes a floating IP of its own project that is mapped to a port of its own, and
-- deletes it again, and so on. Arguments: the external network's id, a file with a port's id a line.
local threads = {}

function setup(thread)
    thread:set("number", #threads)
    threads[#threads + 1] = thread
end

function init(arguments)
    local ports = {}
    for line in io.lines(arguments[2]) do ports[#ports + 1] = line end
    local body = string.format(
        '{"floatingip":{"floating_network_id":"%s","port_id":"%s","project_id":"bench-%d"}}',
        arguments[1], ports[(number or 0) % #ports + 1], number or 0)
    create = wrk.format("POST", "/v2.0/floatingips", {["Content-Type"] = "application/json"}, body)
    made, failures, last = nil, 0, ""
end

function request()
    if made then return wrk.format("DELETE", "/v2.0/floatingips/" .. made) end
    return create
end

function response(status, headers, body)
    if made then
        made = nil
        if status ~= 204 then failures, last = failures + 1, body end
    elseif status == 201 then
        made = body:match('"id": ?"([%x-]+)"')
    else
        failures, last = failures + 1, body
    end
end

function done(summary, latency, requests)
    print(string.format("pairs/s %.3f", summary.requests / 2 / (summary.duration / 1e6)))
    for _, thread in ipairs(threads) do
        if thread:get("failures") > 0 then print(thread:get("last")) end
    end
    print(string.format("errors %d", summary.errors.status + summary.errors.read + summary.errors.timeout))
end
