"""The echo service of EchoService.swift as Python's grpcio serves it; prints its port, serves until its input ends.

Usage: echo_server.py [FOLDER]. With a folder it serves over TLS with server.pem and server.key from there, for clients that
root.pem vouches for.
"""

import pathlib
import sys
import threading
import time
from concurrent import futures

import grpc

CODES = {code.value[0]: code for code in grpc.StatusCode}


def unary(request, context):
    metadata = [(key, value) for key, value in context.invocation_metadata() if key.startswith("x-")]
    context.send_initial_metadata(metadata)
    context.set_trailing_metadata(metadata)
    return request


def collect(requests, context):
    return b"".join(requests)


def expand(requests, context):
    for request in requests:
        for octet in request:
            yield bytes([octet])


def chat(requests, context):
    context.send_initial_metadata([("opened", "yes")])
    context.set_trailing_metadata([("closed", "yes")])
    for request in requests:
        yield request


def fail(request, context):
    context.set_trailing_metadata([("why", "asked")])
    context.abort(CODES[request[0]], "wished für ☃ 100%")


cancelled = threading.Semaphore(0)


def hang(requests, context):
    context.add_callback(cancelled.release)
    yield b"\x01"
    while context.is_active():
        time.sleep(0.01)


def cancellations(request, context):
    """Waits until a call of Hang has ended."""
    return b"yes" if cancelled.acquire(timeout=10) else b"no"


def handlers():
    return {
        "Unary": grpc.unary_unary_rpc_method_handler(unary),
        "Collect": grpc.stream_unary_rpc_method_handler(collect),
        "Expand": grpc.stream_stream_rpc_method_handler(expand),
        "Chat": grpc.stream_stream_rpc_method_handler(chat),
        "Fail": grpc.unary_unary_rpc_method_handler(fail),
        "Hang": grpc.stream_stream_rpc_method_handler(hang),
        "Cancellations": grpc.unary_unary_rpc_method_handler(cancellations),
    }


def listen(server, folder=None):
    if folder is None:
        return server.add_insecure_port("127.0.0.1:0")
    key, chain, root = (pathlib.Path(folder, name).read_bytes() for name in ("server.key", "server.pem", "root.pem"))
    credentials = grpc.ssl_server_credentials([(key, chain)], root, require_client_auth=True)
    return server.add_secure_port("127.0.0.1:0", credentials)


def main():
    size = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=32), options=size)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Echo", handlers()),))
    print(listen(server, *sys.argv[1:]), flush=True)
    server.start()
    for line in sys.stdin:
        # Each line asks for a graceful end with as many seconds of grace.
        server.stop(float(line)).wait()
        return
    server.stop(None)


main()
