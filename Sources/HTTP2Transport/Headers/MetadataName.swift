/// The name of a metadata entry as it travels: lower case.
struct MetadataName {
    let octets: [UInt8]

    init(_ key: String) {
        octets = key.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }

    /// Whether every octet is one that gRPC allows.
    ///
    /// Source: gRPC over HTTP/2, "Header-Name".
    var isValid: Bool {
        !octets.isEmpty
            && octets.allSatisfy { octet in
                switch octet {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                    UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    /// Names that the transport writes and reads itself, or that HTTP/2 forbids.
    var isReserved: Bool { Self.reserved.contains(octets) }

    /// Names whose values differ in every call or are secret.
    var isVarying: Bool { Self.varying.contains(octets) }

    private static let reserved: Set<[UInt8]> = named(
        "te",
        "content-type",
        "grpc-encoding",
        "grpc-accept-encoding",
        "grpc-status",
        "grpc-message",
        "connection",
        "keep-alive",
        "proxy-connection",
        "transfer-encoding",
        "upgrade",
        "host",
        "content-length"
    )

    private static let varying: Set<[UInt8]> = named(
        "authorization",
        "cookie",
        "grpc-timeout",
        "grpc-status-details-bin",
        "grpc-trace-bin",
        "traceparent",
        "tracestate",
        "x-request-id",
        "x-openstack-request-id",
        "x-auth-token"
    )

    private static func named(_ names: String...) -> Set<[UInt8]> { Set(names.map { Array($0.utf8) }) }
}
