import GRPCCore
import Testing

@testable import HTTP2Transport

@Suite struct HeaderCodingTests {
    @Test(
        arguments: [
            ([], ""), ([102], "Zg"), ([102, 111], "Zm8"), ([102, 111, 111], "Zm9v"), ([255, 254, 253, 252], "//79/A"),
        ] as [([UInt8], String)]
    ) func `base 64 is written without padding`(bytes: [UInt8], text: String) {
        #expect(Base64.encode(bytes) == Array(text.utf8))
        #expect(Base64.decode(text.utf8) == bytes)
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        #expect(Base64.decode((text + padding).utf8) == bytes)
    }

    @Test(arguments: ["A", "AAAAA", "A!", "Zg=a", "☃"]) func `what is not base 64 is refused`(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }

    @Test(arguments: [
        ("plain", "plain"), ("100%", "100%25"), ("für", "f%C3%BCr"), ("a\nb", "a%0Ab"), ("", ""),
    ]) func `a status message is percent-encoded`(text: String, encoded: String) {
        #expect(PercentEncoding.encode(text) == Array(encoded.utf8))
        #expect(PercentEncoding.decode(Array(encoded.utf8)) == text)
    }

    @Test(arguments: [("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("%41%", "A%")]) func `a broken encoding is kept`(
        encoded: String,
        text: String
    ) {
        #expect(PercentEncoding.decode(Array(encoded.utf8)) == text)
    }

    @Test(
        arguments: [
            ("1H", .seconds(3600)), ("2M", .seconds(120)), ("3S", .seconds(3)), ("4m", .milliseconds(4)),
            ("5u", .microseconds(5)), ("6n", .nanoseconds(6)), ("99999999S", .seconds(99_999_999)),
            ("", nil), ("S", nil), ("1", nil), ("1s", nil), ("-1S", nil), ("123456789S", nil),
        ] as [(String, Duration?)]
    ) func `a time-out is read`(text: String, duration: Duration?) {
        #expect(CallTimeout.decode(Array(text.utf8).span.bytes) == duration)
    }

    @Test(arguments: [
        ("application/grpc", true), ("application/grpc+proto", true), ("application/grpc;charset=utf-8", true),
        ("application/grpcx", false), ("application/json", false), ("", false),
    ]) func `a content type is gRPC's or not`(text: String, isGRPC: Bool) {
        #expect(Array(text.utf8).span.bytes.isGRPCContentType == isGRPC)
    }

    @Test func `names are sent in lower case and reserved ones left out`() throws {
        var block = HeaderBlock()
        try block.append(["X-Name": "value", "TE": "gzip", "grpc-status": "9", "connection": "close"])
        #expect(block.fields.count == 1)
        #expect(String(decoding: block.octets, as: UTF8.self) == "x-namevalue")
    }

    @Test(arguments: ["", "with space", "ü", ":path"]) func `a name that cannot travel is a fault`(name: String) {
        var block = HeaderBlock()
        #expect(throws: MetadataFault(key: name)) { try block.append([name: "value"]) }
    }

    @Test func `several binary values in one field are read apart`() {
        var fields = ReceivedFields(limit: 1000)
        fields.keep(name: Array("a-bin".utf8).span.bytes, value: Array("AQ==, Ag".utf8).span.bytes)
        #expect(Array(fields.metadata[binaryValues: "a-bin"]) == [[1], [2]])
    }
}

@Suite struct RequestHeadTests {
    private static let method = MethodDescriptor(fullyQualifiedService: "a.B", method: "C")
    private let methods = MethodTable([RequestHeadTests.method])

    private func verdict(_ fields: KeyValuePairs<String, String>, limit: Int = 10_000) -> RequestHead.Verdict {
        var head = RequestHead(limit: limit)
        for (name, value) in fields {
            head.take(
                name: Array(name.utf8).span.bytes,
                value: Array(value.utf8).span.bytes,
                methods: methods
            )
        }
        return head.verdict
    }

    @Test func `a whole head is accepted with its metadata`() throws {
        let verdict = verdict([
            ":method": "POST", ":scheme": "http", ":path": "/a.B/C", "te": "trailers",
            "content-type": "application/grpc", "grpc-timeout": "5S", "grpc-encoding": "identity", "key": "value",
        ])
        guard case .accept(let accepted) = verdict else { return #expect(Bool(false), "\(verdict)") }
        #expect(accepted.method == Self.method)
        #expect(accepted.timeout == .seconds(5))
        #expect(accepted.metadata == ["key": "value"])
    }

    @Test func `a GET is not gRPC`() {
        guard case .notGRPC(405) = verdict([":method": "GET", ":path": "/a.B/C"]) else {
            return #expect(Bool(false))
        }
    }

    @Test func `another content type is not gRPC`() {
        guard case .notGRPC(415) = verdict([":method": "POST", ":path": "/a.B/C", "content-type": "text/html"]) else {
            return #expect(Bool(false))
        }
    }

    @Test func `an unknown encoding is unimplemented`() {
        let verdict = verdict([
            ":method": "POST", ":path": "/a.B/C", "content-type": "application/grpc", "grpc-encoding": "gzip",
        ])
        guard case .refuseEncoding(let status) = verdict else { return #expect(Bool(false)) }
        #expect(status.code == .unimplemented)
    }

    @Test func `the answer to an unknown encoding names those accepted, which went missing as a reserved name`() {
        let block = HeaderBlock.encodingRefused(Status(code: .unimplemented, message: ""))
        let text = String(decoding: block.octets, as: UTF8.self)
        #expect(text == ":status200content-typeapplication/grpcgrpc-status12grpc-accept-encodingidentity")
    }

    @Test func `an unknown path is unimplemented`() {
        let verdict = verdict([":method": "POST", ":path": "/a.B/D", "content-type": "application/grpc"])
        guard case .refuse(let status) = verdict else { return #expect(Bool(false)) }
        #expect(status.code == .unimplemented)
    }

    @Test func `a malformed time-out is refused`() {
        let verdict = verdict([
            ":method": "POST", ":path": "/a.B/C", "content-type": "application/grpc", "grpc-timeout": "soon",
        ])
        guard case .refuse(let status) = verdict else { return #expect(Bool(false)) }
        #expect(status.code == .internalError)
    }

    @Test func `a head over its limit is refused, and far over it a bomb`() {
        let fields: KeyValuePairs = [":method": "POST", "long": String(repeating: "x", count: 200)]
        guard case .refuse(let status) = verdict(fields, limit: 100) else { return #expect(Bool(false)) }
        #expect(status.code == .resourceExhausted)
        var head = RequestHead(limit: 10)
        head.take(name: Array("a".utf8).span.bytes, value: [UInt8]().span.bytes, methods: methods)
        #expect(!head.isBomb)
        head.take(name: Array("a".utf8).span.bytes, value: [UInt8]().span.bytes, methods: methods)
        #expect(head.isBomb)
    }
}
