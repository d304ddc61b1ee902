"""The `openstack` command line in this process: its start-up is paid once, each command is parsed and run as ever."""
import io
import json
import logging
import shlex
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import entry_points

from openstackclient import shell


class Shell:
    def __init__(self, identity):
        self.ran = set()
        self.names = {name.name.replace("_", " ") for group in ("openstack.network.v2", "openstack.common")
                      for name in entry_points(group=group)}
        self.options = ["--os-auth-type", "password", "--os-auth-url", identity, "--os-username", "walker",
                        "--os-password", "x", "--os-project-name", "admin", "--os-user-domain-name", "Default",
                        "--os-project-domain-name", "Default", "--os-identity-api-version", "3"]

    def _run(self, line):
        words = shlex.split(line)
        name = max((n for n in self.names if words[:len(n.split())] == n.split()), key=len)
        self.ran.add(name.replace(" ", "_"))
        output, errors = io.StringIO(), io.StringIO()
        with redirect_stdout(output), redirect_stderr(errors):
            app = shell.OpenStackShell()
            code = app.run(self.options + words)
        for handler in logging.getLogger("").handlers[:]:
            logging.getLogger("").removeHandler(handler)
        return code, output.getvalue(), errors.getvalue()

    def __call__(self, line):
        """Runs a command that must succeed; what it printed, parsed where it is JSON."""
        code, output, errors = self._run(line)
        assert code == 0, f"openstack {line}: exit {code}\n{output}{errors}"
        return json.loads(output) if "-f json" in line else output

    def show(self, line):
        """The object that a command of the showing kind prints."""
        return self(f"{line} -f json")

    def refused(self, line, words):
        """Runs a command that must fail, telling these words."""
        code, output, errors = self._run(line)
        assert code != 0 and words in output + errors, f"openstack {line}: exit {code}\n{output}{errors}"
