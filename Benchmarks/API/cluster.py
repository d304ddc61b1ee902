"""The running Sluice that a measurement is about: its API, its database, its processes; and the load generators."""
import http.client
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time

# How long each load lasts.
SECONDS = int(os.environ.get("SECONDS_EACH", 4))


class API:
    """One keep-alive connection to the gateway."""

    def __init__(self, url: str) -> None:
        host, _, path = url.removeprefix("http://").partition("/")
        self.connection, self.root = http.client.HTTPConnection(host, timeout=60), "/" + path

    def call(self, method: str, path: str, body: dict | None = None) -> dict:
        self.connection.request(method, f"{self.root}/{path}", json.dumps(body) if body is not None else None,
                                {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text) if text else {}

    def make(self, kind: str, collection: str = "", **attributes) -> dict:
        """Creates an object and gives it."""
        return self.call("POST", collection or f"{kind}s", {kind: attributes})[kind]


class Cluster:
    """Where a Sluice that `sluice up` runs keeps its things."""

    def __init__(self, api: str, data: str) -> None:
        self.url, self.api, self.data = api, API(api), pathlib.Path(data)
        self.run = self.data / "cluster" / "run"
        self.log = self.data / "log"
        self.tools = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.server = ["-h", str(self.run / "postgres"), "-p", "5433", "-U", "sluice"]

    def sql(self, database: str, statement: str) -> str:
        """Runs statements as the superuser; the rows as text, columns with tabs between."""
        return subprocess.run(["psql", "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", *self.server, "-c", statement,
                               database], capture_output=True, text=True, check=True).stdout.strip()

    def script(self, path: pathlib.Path, **variables) -> None:
        """Runs a file of psql's."""
        settings = [word for name, value in variables.items() for word in ("-v", f"{name}={value}")]
        subprocess.run(["psql", "-Xq", *self.server, *settings, "-f", str(path), "postgres"], check=True)

    def pgbench(self, database: str, script: str, clients: int, seconds: int = SECONDS) -> float:
        """Transactions of a pgbench script a second, prepared, with so many sessions; none may fail."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(script)
            file.flush()
            output = subprocess.run(
                [str(self.tools / "pgbench"), "-n", "-M", "prepared", "-T", str(seconds), "-c", str(clients), "-j",
                 str(min(2, clients)), "-f", file.name, *self.server, database],
                capture_output=True, text=True)
        if output.returncode != 0 or "aborted" in output.stderr:
            raise RuntimeError(output.stderr[-2000:])
        return float(re.search(r"tps = ([\d.]+)", output.stdout).group(1))

    def wrk(self, path: str, connections: int, seconds: int = SECONDS) -> float:
        """GETs a second with so many connections; every answer must be a success."""
        output = subprocess.run(
            ["wrk", "-t", str(min(2, connections)), "-c", str(connections), "-d", f"{seconds}s", f"{self.url}/{path}"],
            capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in output or "Socket errors" in output:
            raise RuntimeError(output)
        return float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))

    def associations(self, connections: int, network: str, ports: list[str], seconds: int = SECONDS) -> float:
        """POSTs and DELETEs of floating IPs with a port, pairs a second; see associate.lua."""
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("\n".join(ports) + "\n")
            file.flush()
            output = subprocess.run(
                ["wrk", "-t", str(connections), "-c", str(connections), "-d", f"{seconds}s", "--timeout", "20s", "-s",
                 str(pathlib.Path(__file__).parent / "associate.lua"), self.url.removesuffix("/v2.0"), "--", network,
                 file.name],
                capture_output=True, text=True, check=True).stdout
        if int(re.search(r"errors (\d+)", output).group(1)) > 0:
            raise RuntimeError(output)
        # Those that the end of the time came between, when what was under way is through.
        time.sleep(2)
        for number in range(connections):
            left = self.api.call("GET", f"floatingips?fields=id&project_id=bench-{number}")["floatingips"]
            for floating in left:
                self.api.call("DELETE", f"floatingips/{floating['id']}")
        return float(re.search(r"pairs/s ([\d.]+)", output).group(1))

    def pid(self, program: str) -> int:
        """The process of a program."""
        return int((self.run / f"{program}.pid").read_text())

    def memory(self, program: str, key: str = "VmRSS") -> float:
        """MiB of memory that a program has, or with VmHWM has had since `forget_peak`."""
        status = pathlib.Path(f"/proc/{self.pid(program)}/status").read_text()
        return int(re.search(rf"{key}:\s+(\d+) kB", status).group(1)) / 1024

    def forget_peak(self, program: str) -> None:
        """Begins to count a program's greatest memory anew."""
        pathlib.Path(f"/proc/{self.pid(program)}/clear_refs").write_text("5")
