"""Measures the API and the agent of a running Sluice and prints ratios; called by Benchmarks/run.sh."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import statistics
import subprocess
import time
import uuid

from cluster import API


def load(urls: list[str], in_flight: int, requests: int, data: pathlib.Path, body: dict | None = None) -> float:
    """Requests a second by h2load over HTTP/1.1 with so many connections; every answer must be a success."""
    command = ["h2load", "--h1", "-t1", f"-c{in_flight}", f"-n{requests}"]
    if body is not None:
        file = data / "body.json"
        file.write_text(json.dumps(body))
        command += ["-d", str(file), "-H", "content-type: application/json"]
    listing = data / "urls"
    listing.write_text("\n".join(urls) + "\n")
    output = subprocess.run(command + ["-i", str(listing)], capture_output=True, text=True, check=True).stdout
    succeeded = int(re.search(r"(\d+) succeeded", output).group(1))
    assert succeeded == requests, output
    return float(re.search(r"finished in [\d.]+\w+, ([\d.]+) req/s", output).group(1))


def spread(url: str, in_flight: int, method: str, paths: list[str], body: dict | None = None) -> float:
    """Requests a second with so many connections, each path once: what h2load's clients cannot share out."""
    def work(part: list[str]) -> None:
        api = API(url)
        for path in part:
            api.call(method, path, body)

    start = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(in_flight) as pool:
        list(pool.map(work, [paths[i::in_flight] for i in range(in_flight)]))
    return len(paths) / (time.perf_counter() - start)


def pgbench(socket: str, database: str, script: str, clients: int, data: pathlib.Path) -> float:
    """Transactions a second of a script, prepared, with so many sessions."""
    file = data / "script.sql"
    file.write_text(script)
    data.chmod(0o755)
    tools = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench"))[-1]
    output = subprocess.run(
        [str(tools), "-n", "-M", "prepared", "-T", "3", "-c", str(clients), "-j", str(min(2, clients)), "-f", str(file),
         "-h", socket, "-p", "5433", "-U", database, database],
        capture_output=True, text=True, check=True).stdout
    return float(re.search(r"tps = ([\d.]+)", output).group(1))


def forks(node: str) -> float:
    """Milliseconds of the three processes that a forking agent starts for one floating IP."""
    name = f"{node}-forks"
    run = lambda *words: subprocess.run(["ip", "netns", "exec", name, *words], check=True, capture_output=True)
    subprocess.run(["ip", "netns", "add", name], check=True)
    run("nft", "add table ip t; add map ip t a { type ipv4_addr : ipv4_addr; }; add map ip t b { type ipv4_addr : ipv4_addr; }")
    times = []
    for i in range(1, 21):
        start = time.perf_counter()
        run("nft", f"add element ip t a {{ 203.0.113.{i} : 10.0.0.{i} }}")
        run("nft", f"add element ip t b {{ 10.0.0.{i} : 203.0.113.{i} }}")
        run("ip", "addr", "add", f"203.0.113.{i}/32", "dev", "lo")
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def until_active(api: API, public: str, ports: list[str]) -> float:
    """Median milliseconds from a POST with association to the status ACTIVE, polled without pause."""
    times = []
    for port in ports:
        start = time.perf_counter()
        floating = api.call("POST", "floatingips", {"floatingip": {"floating_network_id": public, "port_id": port}})
        path = f"floatingips/{floating['floatingip']['id']}"
        while api.call("GET", path)["floatingip"]["status"] != "ACTIVE":
            if time.perf_counter() - start > 20:
                raise RuntimeError(f"{path} is not ACTIVE after 20 s")
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("api", "data", "socket", "node"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--requests", type=int, required=True)
    options = parser.parse_args()
    data, api, rows = pathlib.Path(options.data), API(options.api), []

    def row(name: str, unit: str, reference: float, ours: float, goal: str = "") -> None:
        ratio = ours / reference
        rows.append({"name": name, "unit": unit, "reference": round(reference, 3), "ours": round(ours, 3),
                     "ratio": round(ratio, 3), "goal": goal, "holds": None})
        print(f"{name:58} {reference:12.1f} {ours:12.1f} {ratio:8.3f}  {unit}", flush=True)

    public = api.call("POST", "networks", {"network": {"name": "public", "router:external": True}})["network"]["id"]
    api.call("POST", "subnets", {"subnet": {"network_id": public, "ip_version": 4, "cidr": "100.64.0.0/12",
                                            "enable_dhcp": False}})
    inner = api.call("POST", "networks", {"network": {"name": "inner"}})["network"]["id"]
    subnet = api.call("POST", "subnets", {"subnet": {"network_id": inner, "ip_version": 4, "cidr": "10.0.0.0/20"}})
    router = api.call("POST", "routers", {"router": {"external_gateway_info": {"network_id": public}}})["router"]["id"]
    api.call("PUT", f"routers/{router}/add_router_interface", {"subnet_id": subnet["subnet"]["id"]})
    ports = [api.call("POST", "ports", {"port": {"network_id": inner}})["port"]["id"] for _ in range(20)]

    print("reference: pgbench -M prepared, reads: the SELECT of one router; writes: an INSERT with a durable commit")
    print(f"{'operation':58} {'reference':>12} {'ours':>12} {'ratio':>8}")
    select = "SELECT * FROM routers WHERE id = '" + router + "';\n"
    psql = ["psql", "-q", "-h", options.socket, "-p", "5433", "-U", "sluice_router", "sluice_router", "-c"]
    subprocess.run(psql + ["CREATE TABLE bench (id uuid PRIMARY KEY, name text, at timestamptz)"], check=True)
    write = "INSERT INTO bench VALUES (gen_random_uuid(), 'bench', now());\n"
    kinds = {"router": {"name": "bench"}, "floatingip": {"floating_network_id": public, "description": "bench"}}
    for n in (1, 16):
        reads = pgbench(options.socket, "sluice_router", select, n, data)
        writes = pgbench(options.socket, "sluice_router", write, n, data)
        for kind, body in kinds.items():
            collection = f"{options.api}/{kind}s"
            count = options.requests // 10
            # Each in a project of its own: the quotas are 10 routers and 50 floating IPs.
            made = [api.call("POST", f"{kind}s", {kind: body | {"project_id": uuid.uuid4().hex}})[kind]["id"]
                    for _ in range(count)]
            one = f"{collection}/{made[0]}"
            row(f"get {kind}, {n} in flight", "requests/s", reads, load([one], n, options.requests, data))
            row(f"list one {kind}, {n} in flight", "requests/s", reads,
                load([f"{collection}?id={made[0]}"], n, options.requests, data))
            project = uuid.uuid4().hex
            api.call("PUT", f"quotas/{project}", {"quota": {kind: -1}})
            row(f"create {kind}, {n} in flight", "requests/s", writes,
                load([collection], n, 40 if kind == "floatingip" else count, data,
                     {kind: body | {"project_id": project}}))
            row(f"update {kind}, {n} in flight", "requests/s", writes,
                spread(options.api, n, "PUT", [f"{kind}s/{i}" for i in made], {kind: {"description": "changed"}}))
            row(f"delete {kind}, {n} in flight", "requests/s", writes,
                spread(options.api, n, "DELETE", [f"{kind}s/{i}" for i in made]))
    row("floating IP, request to ACTIVE (nft, nft and ip processes)", "ms", forks(options.node),
        until_active(api, public, ports))
    target = pathlib.Path(".build/bench/operations.json")
    target.write_text(json.dumps(rows, indent=2) + "\n")
    print(f"written to {target}")


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    main()
