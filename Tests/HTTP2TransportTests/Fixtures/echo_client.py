"""Calls the echo service of EchoService.swift from Python's grpcio, case by case; prints one line for each.

Usage: echo_client.py [--tls FOLDER] ADDRESS [CASE...]

With a folder it calls over mutual TLS: root.pem there vouches for the server, client.pem and client.key are its own.
"""

import argparse
import pathlib
import threading
import time

import grpc

OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class Echo:
    def __init__(self, channel):
        self.unary = channel.unary_unary("/test.Echo/Unary")
        self.collect = channel.stream_unary("/test.Echo/Collect")
        self.expand = channel.unary_stream("/test.Echo/Expand")
        self.chat = channel.stream_stream("/test.Echo/Chat")
        self.fail = channel.unary_unary("/test.Echo/Fail")
        self.hang = channel.unary_stream("/test.Echo/Hang")
        self.flood = channel.unary_stream("/test.Echo/Flood")
        self.missing = channel.unary_unary("/test.Echo/Missing")
        self.time = channel.unary_unary("/test.Echo/Time")


def outcome(call):
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call did not fail")


def unary(echo):
    assert echo.unary(b"hello") == b"hello"
    assert echo.unary(b"") == b""


def large(echo):
    message = bytes(range(256)) * 15_000
    assert echo.unary(message) == message


def too_large(echo):
    error = outcome(lambda: echo.unary(bytes(5 * 1024 * 1024)))
    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED, error


def client_stream(echo):
    assert echo.collect(bytes([n]) for n in range(200)) == bytes(range(200))
    assert echo.collect(iter([])) == b""


def server_stream(echo):
    assert b"".join(echo.expand(bytes(range(200)))) == bytes(range(200))
    assert list(echo.expand(b"")) == []


def long_stream(echo):
    assert sum(1 for _ in echo.expand(bytes(10_000))) == 10_000


def bidirectional(echo):
    turn = threading.Semaphore(1)

    def questions():
        for number in range(100):
            turn.acquire()
            yield bytes([number])

    call = echo.chat(questions())
    # The answer opens before the first question.
    assert ("opened", "yes") in [tuple(entry) for entry in call.initial_metadata()]
    answers = []
    for answer in call:
        answers.append(answer)
        turn.release()
    assert answers == [bytes([n]) for n in range(100)]
    assert ("closed", "yes") in [tuple(entry) for entry in call.trailing_metadata()]


def metadata(echo):
    sent = [("x-text", "value"), ("x-text", "second"), ("x-raw-bin", bytes(range(256)))]
    answer, call = echo.unary.with_call(b"m", metadata=sent)
    for got in (call.initial_metadata(), call.trailing_metadata()):
        got = [tuple(entry) for entry in got]
        assert all(entry in got for entry in sent), got


def statuses(echo):
    for code in grpc.StatusCode:
        number = code.value[0]
        if number == 0:
            continue
        error = outcome(lambda: echo.fail(bytes([number])))
        assert error.code() == code, (code, error)
        assert error.details() == "wished für ☃ 100%", error.details()
        assert ("why", "asked") in [tuple(entry) for entry in error.trailing_metadata()]


def unimplemented(echo):
    assert outcome(lambda: echo.missing(b"")).code() == grpc.StatusCode.UNIMPLEMENTED


def compression(echo):
    error = outcome(lambda: echo.unary(b"x" * 10_000, compression=grpc.Compression.Gzip))
    assert error.code() == grpc.StatusCode.UNIMPLEMENTED, error


def deadline(echo):
    error = outcome(lambda: list(echo.hang(b"", timeout=0.3)))
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED, error
    assert 40 <= int(echo.time(b"", timeout=50)) <= 50


def cancellation(echo):
    call = echo.hang(b"")
    assert next(call) == b"\x01"
    call.cancel()
    error = outcome(lambda: list(call))
    assert error.code() == grpc.StatusCode.CANCELLED, error


def slow_reader(echo):
    call = echo.flood(b"")
    next(call)
    time.sleep(0.5)
    for _ in range(2000):
        next(call)
    call.cancel()


def many_streams(echo):
    calls = [echo.unary.future(b"%d" % number) for number in range(2000)]
    assert [call.result() for call in calls] == [b"%d" % number for number in range(2000)]


def half_close(echo):
    # The server answers before the request ends, and after it.
    assert list(echo.chat(iter([b"a", b"b"]))) == [b"a", b"b"]


def goaway_under_load(echo):
    """Calls until the server goes away: each is answered, or refused as unavailable."""
    answered = 0
    print("ready", flush=True)
    while True:
        try:
            assert echo.unary(b"x") == b"x"
            answered += 1
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.UNAVAILABLE, error
            assert "refused" in error.details() or "onnect" in error.details(), error.details()
            break
    assert answered > 0


CASES = [
    unary, large, too_large, client_stream, server_stream, long_stream, bidirectional, metadata, statuses,
    unimplemented, compression, deadline, cancellation, slow_reader, many_streams, half_close,
]


def connect(address, folder):
    if folder is None:
        return grpc.insecure_channel(address, options=OPTIONS)
    root, key, chain = (folder.joinpath(name).read_bytes() for name in ("root.pem", "client.key", "client.pem"))
    credentials = grpc.ssl_channel_credentials(root, key, chain)
    return grpc.secure_channel(address, credentials, OPTIONS + [("grpc.ssl_target_name_override", "localhost")])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", type=pathlib.Path)
    parser.add_argument("address")
    parser.add_argument("cases", nargs="*")
    asked = parser.parse_args()
    cases = [c for c in CASES + [goaway_under_load] if c.__name__ in asked.cases] if asked.cases else CASES
    with connect(asked.address, asked.tls) as channel:
        echo = Echo(channel)
        for case in cases:
            case(echo)
            print("ok", case.__name__, flush=True)


main()
