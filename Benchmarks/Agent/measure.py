#!/usr/bin/env python3
"""Measures the agent against the kernel's own speed and prints the table; `make bench-agent` calls it. Needs root.

Each run is a process of its own in namespaces of its own, so that nothing is left and nothing of the machine is touched:
the floor (a C program that does the same in the fewest requests known), then the agent, then where it makes sense the
processes that a forking agent would start. Ratios are of runs that followed one another. Settings by environment:
ROUTERS (1000), FLOATING_IPS of each (10), PRESENT (50000), BULK (10000), CONNECTIONS (100000), CHANGES (3000),
SINGLE routers (200), REQUESTS to a whole Sluice (200), ROUNDS (3), ROWS (names of rows, separated by commas), BIN (where programs are).
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLOOR = ROOT / ".build/bench/floor"
AGENT = ROOT / os.environ.get("BIN", ".build/release") / "agent-bench"
TOOLS = ROOT / "Benchmarks/Agent/tools.sh"


def setting(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


def namespaces() -> int:
    """How many network namespaces the kernel has, those included that are being taken down."""
    for line in pathlib.Path("/proc/slabinfo").read_text().splitlines():
        if line.startswith("net_namespace "):
            return int(line.split()[1])
    return 0


def run(*commands: list) -> dict[str, float]:
    """Runs commands one after another in fresh namespaces; the figures that the last one printed."""
    before = namespaces()
    shell = " && ".join(" ".join(map(str, command)) for command in commands)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["unshare", "--mount", "--net", "--propagation", "private", "sh", "-ec",
             f"ip link set lo up; mkdir -p /run/netns; mount -t tmpfs tmpfs /run/netns; cd {folder}; {shell}"],
            capture_output=True, text=True, timeout=280)
    if done.returncode != 0:
        sys.exit(f"{shell}: {done.stderr or done.stdout}")
    # The kernel takes namespaces down in the background, which would slow the next run: wait until it is done, which is
    # when their number falls no more. It counts as used what a processor keeps at hand, so it may stay above.
    count, deadline = namespaces(), time.monotonic() + 60
    fallen = time.monotonic()
    while count > before + 2 and fallen + 1 > time.monotonic() and time.monotonic() < deadline:
        time.sleep(0.1)
        present = namespaces()
        if present < count:
            count, fallen = present, time.monotonic()
    figures: dict[str, float] = {}
    for line in done.stdout.splitlines():
        words = line.split()
        if len(words) == 2:
            figures[words[0]] = float(words[1])
    return figures


def whole(requests: int) -> dict[str, float]:
    """The figures of a whole Sluice on one node."""
    done = subprocess.run([ROOT / "Benchmarks/run.sh", "datapath"], capture_output=True, text=True, timeout=280,
                          env=os.environ | {"REQUESTS": str(requests)})
    if done.returncode != 0:
        sys.exit(f"Benchmarks/run.sh: {done.stderr or done.stdout}")
    return {words[0]: float(words[1]) for words in map(str.split, done.stdout.splitlines()) if len(words) == 2}


class Row:
    """One line of the table: a figure of both sides, and what it may be."""

    def __init__(self, text: str, key: str, unit: str, ratio: float | None = None, most: float | None = None,
                 floor_key: str | None = None, tools_key: str | None = None, scale: float = 1, inverse: bool = False):
        self.text, self.key, self.unit, self.ratio, self.most = text, key, unit, ratio, most
        self.floor_key, self.tools_key, self.scale, self.inverse = floor_key or key, tools_key, scale, inverse
        self.floor: list[float] = []
        self.ours: list[float] = []
        self.tools: float | None = None

    def add(self, floor: dict[str, float], ours: dict[str, float], tools: dict[str, float]) -> None:
        if self.floor_key in floor:
            self.floor.append(floor[self.floor_key] * self.scale)
        self.ours.append(ours[self.key] * self.scale)
        if self.tools_key in tools:
            self.tools = tools[self.tools_key] * self.scale

    def outcome(self) -> dict:
        floor = statistics.median(self.floor) if self.floor else None
        ours = statistics.median(self.ours)
        pairs = [(f / o if self.inverse else o / f) for f, o in zip(self.floor, self.ours) if f and o]
        ratio = statistics.median(pairs) if pairs else None
        goals = []
        if self.ratio is not None:
            goals.append(f"{'≥ 1/' if self.inverse else '≤ '}{self.ratio:g}{'' if self.inverse else ' ×'}")
        if self.most is not None:
            goals.append(f"≤ {self.most:g} {self.unit}")
        held = (self.ratio is None or ratio is None or ratio <= self.ratio) and (self.most is None or ours <= self.most)
        return {"figure": self.text, "unit": self.unit, "floor": floor, "ours": ours, "ratio": ratio,
                "tools": self.tools, "goal": ", ".join(goals), "held": held, "rounds": len(self.ours)}


def table(outcomes: list[dict]) -> None:
    def number(value: float | None) -> str:
        return "" if value is None else f"{value:,.2f}" if value < 100 else f"{value:,.0f}"

    lines = [["figure", "unit", "floor", "ours", "ratio", "goal", "held", "ip/nft"]]
    for row in outcomes:
        lines.append([row["figure"], row["unit"], number(row["floor"]), number(row["ours"]), number(row["ratio"]),
                      row["goal"], "yes" if row["held"] else "NO", number(row["tools"])])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(width) if i in (0, 1, 5, 6) else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(line, widths))).rstrip(), flush=True)


def main() -> None:
    routers, floating, rounds = setting("ROUTERS", 1000), setting("FLOATING_IPS", 10), setting("ROUNDS", 3)
    present, bulk, connections = setting("PRESENT", 50_000), setting("BULK", 10_000), setting("CONNECTIONS", 100_000)
    changes, single = setting("CHANGES", 3000), setting("SINGLE", 200)
    ms, s = 1e-3, 1e-6
    empty: dict[str, float] = {}
    size = f"{routers:,} routers × {floating} floating IPs"
    # Name, the floor's runs, the agent's runs, the tools' run, rows.
    groups = [
        ("cold", [[FLOOR, "cold", routers, floating, 2]], [[AGENT, "cold", routers, floating]], ["router", 5], [
            Row(f"cold start, {size}", "wall_us", "s", ratio=1.5, scale=s),
            Row("  memory of the agent, a router", "agent_bytes_per_router", "KiB", most=10, scale=1 / 1024),
            Row("  while it announces their addresses", "agent_busy_bytes_per_router", "KiB", scale=1 / 1024)]),
        ("warm", [[FLOOR, "warm", routers, floating, 2]],
         [[AGENT, "cold", routers, floating], [AGENT, "warm", routers, floating]], None, [
            Row(f"warm restart, verify {size}", "wall_us", "ms", ratio=3, scale=ms),
            Row("  changes made by it", "changes", "changes", most=0)]),
        ("router", [[FLOOR, "router", single]], [[AGENT, "router", single]], ["router", 5], [
            Row("one router, message → forwarding, p50", "p50_us", "ms", ratio=1.5, scale=ms, tools_key="p50_us"),
            Row("  p99", "p99_us", "ms", most=10, scale=ms)]),
        ("change", [[FLOOR, "change", 10, changes]], [[AGENT, "change", 10, changes]], ["change", 20], [
            Row("add a floating IP, message → ack, p50", "add_p50_us", "µs", ratio=2, most=30, tools_key="add_p50_us"),
            Row("  p99", "add_p99_us", "µs", most=100),
            Row("remove a floating IP, p50", "remove_p50_us", "µs", ratio=2, most=30),
            Row("  p99", "remove_p99_us", "µs", most=100),
            Row("changes a second, one thread", "changes_per_second", "1/s", ratio=2, inverse=True)]),
        ("present", [[FLOOR, "change", present, changes]], [[AGENT, "change", present, changes]], None, [
            Row(f"add a floating IP, {present:,} present, p50", "add_p50_us", "µs", ratio=2, most=30),
            Row("  p99", "add_p99_us", "µs", most=100),
            Row(f"remove one, {present:,} present, p50", "remove_p50_us", "µs", ratio=2, most=30)]),
        ("bulk", [[FLOOR, "bulk", bulk]], [[AGENT, "bulk", bulk]], ["bulk", bulk], [
            Row(f"{bulk:,} floating IPs into one router", "wall_us", "ms", ratio=2, scale=ms, tools_key="wall_us")]),
        ("forwardings", [[FLOOR, "forwardings", bulk]], [[AGENT, "forwardings", bulk]], None, [
            Row(f"{bulk:,} port forwardings into one router", "wall_us", "ms", ratio=2, scale=ms)]),
        ("connections", [[FLOOR, "connections", connections, 10]], [[AGENT, "connections", connections, 10, FLOOR]],
         None, [
            Row(f"remove one, {connections:,} connections: answered, p50", "answer_p50_us", "µs", most=100),
            Row("  its connections gone, p50", "gone_p50_us", "ms", most=100, floor_key="p50_us", scale=ms),
            Row("  of 20 removed at once, all gone", "twenty_gone_us", "ms", scale=ms)]),
        ("whole", [], [], None, [
            Row("API call → datapath works, p50", "p50_us", "ms", most=5, scale=ms),
            Row("  of that until the API's answer, p50", "answer_p50_us", "ms", scale=ms),
            Row("  p99", "p99_us", "ms", most=20, scale=ms)]),
    ]
    chosen = os.environ.get("ROWS", "").split(",") if os.environ.get("ROWS") else None
    outcomes = []
    for name, floor_runs, agent_runs, tools_run, rows in groups:
        if chosen and name not in chosen:
            continue
        for turn in range(rounds):
            tools = run([TOOLS, *tools_run]) if tools_run and turn == 0 else empty
            if name == "cold" and tools:
                # As long as that many routers take by themselves.
                rows[0].tools = tools["p50_us"] * routers * s
            floor = run(*floor_runs) if floor_runs else empty
            ours = run(*agent_runs) if agent_runs else whole(setting("REQUESTS", 200))
            for row in rows:
                row.add(floor, ours, tools)
        outcomes += [row.outcome() for row in rows]
        print(f"{name}: done", file=sys.stderr, flush=True)
    p50 = {row["figure"]: row["ours"] for row in outcomes}
    few, many = (p50.get(f"add a floating IP, {what}, p50") for what in ("message → ack", f"{present:,} present"))
    if few and many:
        outcomes.append({"figure": f"  {present:,} present against 10", "unit": "µs", "floor": few, "ours": many,
                         "ratio": many / few, "tools": None, "goal": "≤ 1.2 ×", "held": many / few <= 1.2,
                         "rounds": rounds})
    table(outcomes)
    path = ROOT / ".build/bench/agent.json"
    path.write_text(json.dumps(outcomes, indent=2, ensure_ascii=False) + "\n")


main()
