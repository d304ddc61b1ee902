"""The API's goals, each a ratio to a reference measured in the same call; called by Benchmarks/run.sh."""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import time

from cluster import API, Cluster
from replay import DATABASE, Recording, Replay

CLIENTS = 16
ROUTERS, LISTED_ROUTERS = int(os.environ.get("ROUTERS", 100_000)), 1_000
HERE = pathlib.Path(__file__).parent


class Table:
    """The rows, printed as they come."""

    def __init__(self) -> None:
        self.rows = []
        print(f"{'figure':74} {'reference':>11} {'ours':>11} {'ratio':>8}  {'goal':7} held")

    def row(self, name: str, unit: str, reference: float, ours: float, ratio: float, goal: str = "") -> None:
        """A figure; its goal is `>= x` or `<= x` for the ratio."""
        holds = None
        if goal:
            bound = float(goal[2:])
            holds = ratio >= bound if goal.startswith(">=") else ratio <= bound
        self.rows.append({"name": name, "unit": unit, "reference": reference, "ours": ours, "ratio": ratio,
                          "goal": goal, "holds": holds})
        word = {None: "", True: "yes", False: "NO"}[holds]
        print(f"{name:74} {reference:11.1f} {ours:11.1f} {ratio:8.3f}  {goal:7} {word:3} {unit}", flush=True)

    def write(self, name: str) -> None:
        target = pathlib.Path(f".build/bench/{name}.json")
        target.write_text(json.dumps(self.rows, indent=2) + "\n")
        print(f"written to {target}")


class Scene:
    """The networks, router and ports that the requests are about; agents that take routers, as none runs here."""

    def __init__(self, cluster: Cluster) -> None:
        api = cluster.api
        cluster.sql("sluice_router", """
            INSERT INTO agents (id, host, availability_zone, version, boot_id, lease_until)
            SELECT md5('agent-' || i)::uuid, 'bench-' || i, 'nova', '', '', now() + interval '1 day'
            FROM generate_series(1, 100) i""")
        self.public = api.make("network", **{"name": "public", "router:external": True})["id"]
        self.public_subnet = api.make("subnet", network_id=self.public, ip_version=4, cidr="100.64.0.0/10",
                                      enable_dhcp=False)["id"]
        self.inner = api.make("network", name="inner")["id"]
        self.subnet = api.make("subnet", network_id=self.inner, ip_version=4, cidr="10.0.0.0/20")["id"]
        self.router = api.make("router", external_gateway_info={"network_id": self.public})["id"]
        api.call("PUT", f"routers/{self.router}/add_router_interface", {"subnet_id": self.subnet})
        made = [api.make("port", network_id=self.inner) for _ in range(CLIENTS)]
        self.ports = [port["id"] for port in made]
        self.addresses = [port["fixed_ips"][0]["ip_address"] for port in made]

    def associate(self, cluster: Cluster) -> dict:
        return cluster.api.make("floatingip", floating_network_id=self.public, port_id=self.ports[0],
                                project_id="bench-0")


def record_association(cluster: Cluster, scene: Scene) -> Replay:
    """The statements of a POST and a DELETE, as the script of the returned replay."""
    for _ in range(20):
        cluster.api.call("DELETE", f"floatingips/{scene.associate(cluster)['id']}")
    with Recording(cluster) as post:
        made = scene.associate(cluster)
    with Recording(cluster) as delete:
        cluster.api.call("DELETE", f"floatingips/{made['id']}")
    fixed = {scene.public, scene.public_subnet, scene.inner, scene.subnet, scene.router}
    words = fixed | {made["id"], scene.ports[0], "bench-0"}
    requests = [[s for s in recording.statements if s.mentions(words)] for recording in (post, delete)]
    macs = {value for statements in requests for s in statements for value in s.values
            if value and re.fullmatch(r"fa:16:3e(:[0-9a-f]{2}){3}", value)}
    client = ":client_id::int"
    per_client = {
        scene.ports[0]: f"(ARRAY[{', '.join(repr(port) for port in scene.ports)}])[{client} + 1]",
        scene.addresses[0]: f"(ARRAY[{', '.join(repr(address) for address in scene.addresses)}])[{client} + 1]",
        made["floating_ip_address"]: f"host('100.120.0.0'::inet + {client})",
        "bench-0": f"('bench-' || {client})",
    } | {mac: f"('fa163effff' || lpad(to_hex({client}), 2, '0'))" for mac in macs}
    for name, statements, recording in zip(("POST", "DELETE"), requests, (post, delete)):
        commits = sum(s.text == "COMMIT" for s in recording.statements)
        print(f"  {name}: {len(statements)} statements, {commits} transactions begun at PostgreSQL"
              f" ({', '.join(sorted({s.database for s in statements}))})")
        if os.environ.get("SHOW_STATEMENTS"):
            for s in recording.statements:
                print(f"    {s.database} {s.session}: {' '.join(s.text.split())[:170]}")
    replay = Replay(cluster, per_client, fixed)
    replay.association = replay.script(*requests)
    return replay


def router_select(cluster: Cluster, router: str) -> str:
    """The SELECT that RouterService runs for a router."""
    with Recording(cluster) as recording:
        cluster.api.call("GET", f"routers/{router}")
    found = [s for s in recording.statements if s.mentions({router})]
    assert len(found) == 1, [s.text for s in found]
    return re.sub(r"\$1\b", f"'{router}'", found[0].text) + ";\n"


def transcoding(table: Table) -> None:
    """The gateway's part of a list: from the service's bytes to the answer's, against SwiftProtobuf's way."""
    output = subprocess.run([".build/release/transcoding-bench"], capture_output=True, text=True, check=True).stdout
    found = {name: float(value) for name, value in (line.split() for line in output.splitlines())}
    reference, ours = found["swift_protobuf_us"], found["gateway_us"]
    table.row("wire to JSON, an object of 10,000 floating IPs", "us", reference, ours, ours / reference, "<=0.125")


def list_of_ten_thousand(cluster: Cluster, table: Table) -> None:
    """Time and memory of the list that `fill.sql` made, against PostgreSQL's own JSON of the same rows."""
    rows = "SELECT * FROM floating_ips WHERE project_id = 'bench-list'"
    copy = ["psql", "-XqAt", *cluster.server, "-c", "\\timing on", "-c",
            f"COPY (SELECT json_agg(f) FROM ({rows}) f) TO STDOUT", "sluice_floatingip"]
    get = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code} %{size_download}",
           f"{cluster.url}/floatingips?project_id=bench-list"]
    programs = ["gateway", "floatingip"]
    references, times = [], []
    for program in programs + ["network"]:
        cluster.forget_peak(program)
    for _ in range(7):
        output = subprocess.run(copy, capture_output=True, text=True, check=True).stdout
        references.append(float(re.search(r"Time: ([\d.]+) ms", output).group(1)))
        start = time.perf_counter()
        answer = subprocess.run(get, capture_output=True, text=True, check=True).stdout.split()
        times.append((time.perf_counter() - start) * 1000)
        assert answer[0] == "200" and int(answer[1]) > 5_000_000, answer
    reference, ours = statistics.median(references), statistics.median(times)
    table.row("list of 10,000 floating IPs, port details included", "ms", reference, ours, ours / reference, "<=3")
    peaks = {program: cluster.memory(program, "VmHWM") for program in programs + ["network"]}
    peak = sum(peaks[program] for program in programs)
    table.row(f"  peak memory of {' + '.join(programs)} for it, of 64", "MiB", 64, peak, peak / 64, "<=1")
    print("  " + ", ".join(f"{program} {peak:.1f}" for program, peak in peaks.items()))


def bare(cluster: Cluster) -> float:
    """Milliseconds of a statement that reads no table: minutes lie between what is compared, and machines vary."""
    return 1000 / cluster.pgbench("postgres", "SELECT 1;\n", 1)


def costs(cluster: Cluster, scene: Scene) -> dict[str, float]:
    """Milliseconds of requests that must not depend on how much there is."""
    floating = scene.associate(cluster)["id"]
    found = {
        "GET of a router": 1000 / cluster.wrk(f"routers/{scene.router}", 1),
        "GET of a floating IP with its port": 1000 / cluster.wrk(f"floatingips/{floating}", 1),
    }
    cluster.api.call("DELETE", f"floatingips/{floating}")
    found["POST + DELETE of a floating IP with association"] = 1000 / cluster.associations(
        1, scene.public, scene.ports[:1])
    times = []
    for _ in range(60):
        begun = time.perf_counter()
        router = cluster.api.make("router", name="bench", project_id="bench-0")["id"]
        times.append((time.perf_counter() - begun) * 1000)
        cluster.api.call("DELETE", f"routers/{router}")
    found["POST of a router"] = statistics.median(times)
    return found


def fill(cluster: Cluster, scene: Scene, first: int, routers: int, project: str) -> None:
    begun = time.perf_counter()
    cluster.script(HERE / "fill.sql", first=first, routers=routers, project=project, external=scene.public,
                   external_subnet=scene.public_subnet)
    for database in ("sluice_network", "sluice_router", "sluice_floatingip"):
        cluster.sql(database, "VACUUM ANALYZE")
    cluster.sql("postgres", "CHECKPOINT")
    # The connection may have been closed meanwhile.
    cluster.api = API(cluster.url)
    print(f"  filled with {routers} routers and {10 * routers} floating IPs"
          f" in {time.perf_counter() - begun:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("api", "data"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    cluster, table = Cluster(options.api, options.data), Table()
    transcoding(table)
    for program in ("gateway", "network", "router", "floatingip"):
        memory = cluster.memory(program)
        table.row(f"memory of {program}, idle, of 40", "MiB RSS", 40, memory, memory / 40, "<=1")
    scene = Scene(cluster)

    select = router_select(cluster, scene.router)
    for clients in (1, 32):
        reference = cluster.pgbench("sluice_router", select, clients)
        ours = cluster.wrk(f"routers/{scene.router}", clients)
        table.row(f"GET one router, {clients} in flight", "requests/s", reference, ours, ours / reference,
                  ">=0.2" if clients == 32 else "")
    replay = record_association(cluster, scene)
    for clients in (1, CLIENTS):
        reference = cluster.pgbench(DATABASE, replay.association, clients)
        ours = cluster.associations(clients, scene.public, scene.ports)
        table.row(f"POST and DELETE of a floating IP with association, {clients} in flight", "pairs/s", reference, ours,
                  ours / reference, ">=0.25")
    cluster.sql("postgres", f"DROP DATABASE {DATABASE}")

    before, pace = costs(cluster, scene), bare(cluster)
    fill(cluster, scene, 1, LISTED_ROUTERS, "bench-list")
    list_of_ten_thousand(cluster, table)
    if ROUTERS > LISTED_ROUTERS:
        fill(cluster, scene, LISTED_ROUTERS + 1, ROUTERS - LISTED_ROUTERS, "bench-many")
        after, slower = costs(cluster, scene), bare(cluster) / pace
        table.row("the machine meanwhile: a statement that reads nothing", "ms", pace, pace * slower, slower)
        for name, empty in before.items():
            table.row(f"{name}, with {10 * ROUTERS:,} floating IPs and {ROUTERS:,} routers", "ms", empty * slower,
                      after[name], after[name] / empty / slower, "<=1.3")
    for program in ("gateway", "network", "router", "floatingip"):
        memory = cluster.memory(program)
        table.row(f"  memory of {program}, idle again after all that", "MiB RSS", 40, memory, memory / 40)
    table.write("api")


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    main()
