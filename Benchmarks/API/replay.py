"""What the services really ask of PostgreSQL for a request, and the same again as a script for pgbench."""
import itertools
import json
import re
import subprocess
import time

SERVICES = {"sluice_network": "network", "sluice_router": "router", "sluice_floatingip": "floatingip"}
DATABASE = "bench_replay"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Statement:
    """A statement that a service ran, with the values it ran with."""

    def __init__(self, database: str, session: str, text: str, values: list[str | None]) -> None:
        self.database, self.session, self.text, self.values = database, session, text, values

    def mentions(self, words: set[str]) -> bool:
        return any(value is not None and any(word in value for word in words) for value in self.values)


class Recording:
    """Listens in the server's log while a request is served."""

    def __init__(self, cluster) -> None:
        self.cluster = cluster
        cluster.sql("postgres", "ALTER SYSTEM SET log_line_prefix = '@@%d@%p@'")
        cluster.sql("postgres", "SELECT pg_reload_conf()")

    def __enter__(self) -> "Recording":
        self.cluster.sql("postgres", "ALTER SYSTEM SET log_statement = 'all'")
        self.cluster.sql("postgres", "SELECT pg_reload_conf()")
        time.sleep(1)
        self.start = self.cluster.log.stat().st_size
        return self

    def __exit__(self, *_) -> None:
        time.sleep(1)
        self.cluster.sql("postgres", "ALTER SYSTEM RESET log_statement")
        self.cluster.sql("postgres", "SELECT pg_reload_conf()")
        with open(self.cluster.log, encoding="utf-8", errors="replace") as file:
            file.seek(self.start)
            self.statements = list(self.parse(file.read()))

    @staticmethod
    def parse(log: str):
        """The statements in the order in which they ran."""
        text = "\n".join(line.partition(" | ")[2] for line in log.splitlines() if line.startswith("postgres"))
        entries = [entry for entry in re.split(r"^@@", text, flags=re.M) if entry]
        for entry, after in itertools.zip_longest(entries, entries[1:], fillvalue=""):
            head = re.match(r"(\S*)@(\d+)@LOG:  execute \S+: (.*)", entry, re.S)
            if head is None or head.group(1) not in SERVICES:
                continue
            detail = re.match(rf"\S*@{head.group(2)}@DETAIL:  parameters: (.*)", after, re.S)
            found = re.findall(r"\$\d+ = (NULL|'(?:[^']|'')*')", detail.group(1)) if detail else []
            values = [None if value == "NULL" else value[1:-1].replace("''", "'") for value in found]
            yield Statement(head.group(1), head.group(2), re.sub(r"\n\t*", "\n", head.group(3)).strip(), values)


class Replay:
    """A copy of the three databases, side by side in one, so that one transaction can do what three services did.

    What differs from one client to the next (`per_client`: a value in the recording, and an SQL expression for it) and
    what is new each time (every other id that is not in `fixed`) is put in place of the recorded values.
    """

    def __init__(self, cluster, per_client: dict[str, str], fixed: set[str]) -> None:
        self.cluster, self.per_client, self.fixed = cluster, per_client, fixed
        self.tables: dict[str, list[str]] = {}
        cluster.sql("postgres", f"DROP DATABASE IF EXISTS {DATABASE}")
        cluster.sql("postgres", f"CREATE DATABASE {DATABASE}")
        for database, schema in SERVICES.items():
            self.copy(database, schema)
            names = cluster.sql(DATABASE, f"SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
                                          f" WHERE relkind = 'r' AND nspname = '{schema}'")
            self.tables[schema] = names.split()
        cluster.sql(DATABASE, "VACUUM ANALYZE")

    def copy(self, database: str, schema: str) -> None:
        dump = subprocess.run(["pg_dump", *self.cluster.server, "--no-owner", "--no-privileges", database],
                              capture_output=True, text=True, check=True).stdout
        dump = re.sub(r"\bpublic\.", f"{schema}.", dump).replace("WITH SCHEMA public", f"WITH SCHEMA {schema}")
        subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", *self.cluster.server, DATABASE], capture_output=True,
                       input=f"CREATE SCHEMA {schema};\n{dump}", text=True, check=True)

    def types(self, statement: Statement) -> list[str]:
        """The types of a statement's parameters."""
        if not statement.values:
            return []
        text = self.cluster.sql(
            statement.database,
            f"PREPARE recorded AS {statement.text};"
            " SELECT array_to_json(parameter_types::text[]) FROM pg_prepared_statements WHERE name = 'recorded'")
        return json.loads(text)

    def expression(self, value: str | None, kind: str) -> str:
        """A recorded value, or what stands for it."""
        if value is None:
            return f"NULL::{kind}"
        parts, rest = [], value
        known = sorted(self.per_client, key=len, reverse=True)
        pattern = re.compile("|".join([re.escape(word) + r"(?![\w.])" for word in known] + [UUID.pattern]))
        for match in pattern.finditer(value):
            word = match.group(0)
            if word in self.fixed:
                continue
            before, _, rest = rest.partition(word)
            parts += [literal(before)] if before else []
            parts.append(self.per_client.get(word) or f"md5(:n || '{word}')::uuid::text")
        parts += [literal(rest)] if rest or not parts else []
        return f"({' || '.join(parts)})::{kind}" if len(parts) > 1 else f"{parts[0]}::{kind}"

    def text(self, statement: Statement) -> str:
        """A statement for pgbench, on the copy."""
        types = self.types(statement)
        schema = SERVICES[statement.database]
        text = re.sub(
            r"\b(FROM|JOIN|INTO|UPDATE|USING)(\s+)(\w+)\b(?!\()",
            lambda m: f"{m[1]}{m[2]}{schema}.{m[3]}" if m[3] in self.tables[schema] else m[0], statement.text)
        return re.sub(r"\$(\d+)\b", lambda m: self.expression(statement.values[int(m[1]) - 1], types[int(m[1]) - 1]),
                      text) + ";\n"

    def script(self, *requests: list[Statement]) -> str:
        """One transaction for each request."""
        lines = ["\\set n random(1, 2000000000)\n"]
        for statements in requests:
            lines += ["BEGIN;\n", *(self.text(statement) for statement in statements), "COMMIT;\n"]
        return "".join(lines)


def literal(text: str) -> str:
    """A text for pgbench, which takes a colon for the beginning of a variable, in a literal too."""
    quoted = text.replace("'", "''")
    return "'" + quoted + "'" if ":" not in text else "E'" + quoted.replace("\\", "\\\\").replace(":", "\\x3a") + "'"
