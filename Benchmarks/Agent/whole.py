"""From an API call to the datapath, in a whole Sluice on one node; `Benchmarks/run.sh datapath` runs it.

Each time is that from the beginning of a POST of a floating IP for a port to the moment at which the router's namespace
has the address, its last step there, as the kernel notifies a program that listens in that namespace.
"""
import argparse
import pathlib
import statistics
import subprocess
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "API"))
from cluster import API  # noqa: E402

FLOOR = pathlib.Path(__file__).resolve().parents[2] / ".build/bench/floor"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("api", "data"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--requests", type=int, required=True)
    options = parser.parse_args()
    api = API(options.api)
    public = api.call("POST", "networks", {"network": {"name": "public", "router:external": True}})["network"]["id"]
    api.call("POST", "subnets", {"subnet": {"network_id": public, "ip_version": 4, "cidr": "100.64.0.0/12",
                                            "enable_dhcp": False}})
    inner = api.call("POST", "networks", {"network": {"name": "inner"}})["network"]["id"]
    subnet = api.call("POST", "subnets", {"subnet": {"network_id": inner, "ip_version": 4, "cidr": "10.0.0.0/20"}})
    router = api.call("POST", "routers", {"router": {"external_gateway_info": {"network_id": public}}})["router"]["id"]
    api.call("PUT", f"routers/{router}/add_router_interface", {"subnet_id": subnet["subnet"]["id"]})
    ports = [api.call("POST", "ports", {"port": {"network_id": inner}})["port"]["id"] for _ in range(20)]
    path = pathlib.Path(f"/run/netns/qrouter-{router}")
    deadline = time.monotonic() + 20
    while api.call("GET", f"routers/{router}")["router"]["status"] != "ACTIVE" or not path.exists():
        if time.monotonic() > deadline:
            sys.exit("the router is not active after 20 s")
        time.sleep(0.05)
    watch = subprocess.Popen([FLOOR, "watch", path], stdout=subprocess.PIPE, text=True)
    assert watch.stdout is not None and watch.stdout.readline() == "ready\n"
    times, answers = [], []
    for turn in range(options.requests):
        body = {"floating_network_id": public, "port_id": ports[turn % len(ports)], "project_id": uuid.uuid4().hex}
        begun = time.monotonic_ns()
        made = api.call("POST", "floatingips", {"floatingip": body})["floatingip"]["id"]
        answers.append((time.monotonic_ns() - begun) / 1000)
        seen = 0.0
        while seen < begun:
            seen = float(watch.stdout.readline())
        times.append((seen - begun) / 1000)
        time.sleep(0.01)
        api.call("DELETE", f"floatingips/{made}")
        time.sleep(0.01)
    watch.kill()
    times.sort()
    print("answer_p50_us", statistics.median(answers))
    print("p50_us", statistics.median(times))
    print("p99_us", times[int(0.99 * (len(times) - 1) + 0.5)])


main()
