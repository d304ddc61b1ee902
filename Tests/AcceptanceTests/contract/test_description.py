"""The OpenAPI document: valid, and true of what the gateway answers to all that is generated from it."""
import json
import os
import pathlib
import subprocess
import sys

import pytest
from openapi_spec_validator import validate

HERE = pathlib.Path(__file__).parent
# Longer, or of another seed, when somebody wants to know more.
SECONDS = int(os.environ.get("FUZZ_SECONDS", 60))
SEED = os.environ.get("FUZZ_SEED", "1")


def test_the_document_is_valid_openapi(world):
    document = world.admin.get("/openapi.json").ok(200)
    assert document["openapi"].startswith("3.1")
    validate(document)


@pytest.mark.last
def test_nothing_that_is_generated_from_the_document_breaks_the_api(world, tmp_path):
    known = {"network_id": world.network, "subnet_id": world.subnet, "port_id": world.port["id"],
             "router_id": world.router, "floating_network_id": world.external, "floatingips": world.floating_ip,
             "internal_port_id": world.port["id"]}
    known |= {"networks": world.network, "subnets": world.subnet, "ports": world.port["id"], "routers": world.router}
    command = [
        sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run",
        f"{world.endpoint}/openapi.json",
        "--max-time", str(SECONDS), "--seed", SEED, "--workers", "2", "--no-color", "--suppress-health-check", "all",
        "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,"
        "response_headers_conformance,response_schema_conformance,unsupported_method",
    ]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "known_ids", "PYTHONPATH": str(HERE),
                                "KNOWN_IDS": json.dumps(known)}
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True,
                            timeout=SECONDS + 60)
    assert result.returncode == 0, result.stdout[:20000] + result.stderr[-2000:]
