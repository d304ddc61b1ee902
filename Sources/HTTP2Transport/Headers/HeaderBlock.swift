internal import GRPCCore

/// A header list to be sent: names and values in one run of octets.
struct HeaderBlock {
    struct Field {
        var nameLength: Int
        var valueLength: Int
        /// Whether the field is different in every call, so that the peer's table is spared it.
        var isVarying: Bool
    }

    private(set) var octets: [UInt8] = []
    private(set) var fields: [Field] = []

    init() {}

    init(_ fields: KeyValuePairs<String, String>) {
        for (name, value) in fields { append(name: name.utf8, value: value.utf8) }
    }

    var isEmpty: Bool { fields.isEmpty }

    /// Adds a field; `name` is in lower case and both hold only octets that HTTP allows.
    mutating func append(
        name: some Collection<UInt8>,
        value: some Collection<UInt8>,
        isVarying: Bool = false
    ) {
        octets.append(contentsOf: name)
        octets.append(contentsOf: value)
        fields.append(Field(nameLength: name.count, valueLength: value.count, isVarying: isVarying))
    }

    /// Adds every entry of `metadata`, binary ones in base 64; names of HTTP and gRPC itself are left out.
    ///
    /// - Throws: the first entry that cannot travel in a header; nothing after it was added.
    mutating func append(_ metadata: Metadata) throws(MetadataFault) {
        for (key, value) in metadata {
            let name = MetadataName(key)
            guard name.isValid else { throw MetadataFault(key: key) }
            guard !name.isReserved else { continue }
            switch value {
            case .binary(let bytes):
                append(name: name.octets, value: Base64.encode(bytes), isVarying: name.isVarying)
            case .string(let text):
                let fits = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
                guard fits else { throw MetadataFault(key: key) }
                append(name: name.octets, value: text.utf8, isVarying: name.isVarying)
            }
        }
    }
}

/// A metadata entry that cannot travel in a header.
struct MetadataFault: Error, Equatable {
    var key: String
}

extension HeaderBlock {
    static let grpcContentType = "application/grpc"

    /// Head of an answer without metadata.
    static let success: HeaderBlock = [":status": "200", "content-type": grpcContentType]

    /// Trailers of a call that went well, without metadata.
    static let successTrailers: HeaderBlock = ["grpc-status": "0"]

    /// Head of an answer.
    ///
    /// What cannot travel is left out: a handler's slip must not cost the caller its answer.
    static func head(_ metadata: Metadata) -> HeaderBlock {
        guard !metadata.isEmpty else { return success }
        var block = success
        block.appendWhatFits(metadata)
        return block
    }

    static func trailers(_ status: Status, _ metadata: Metadata) -> HeaderBlock {
        guard status.code != .ok || !status.message.isEmpty || !metadata.isEmpty else { return successTrailers }
        var block = HeaderBlock()
        block.append(status, metadata)
        return block
    }

    /// The whole answer in one header list.
    static func trailersOnly(_ status: Status, _ metadata: Metadata) -> HeaderBlock {
        var block = success
        block.append(status, metadata)
        return block
    }

    /// The answer to a request in an encoding that is not spoken.
    ///
    /// Source: gRPC compression, "Specific Disabling of Compression" (the server names the encodings it takes).
    static func encodingRefused(_ status: Status) -> HeaderBlock {
        var block = trailersOnly(status, [:])
        block.append(name: "grpc-accept-encoding".utf8, value: "identity".utf8)
        return block
    }

    private mutating func append(_ status: Status, _ metadata: Metadata) {
        append(name: "grpc-status".utf8, value: String(status.code.rawValue).utf8)
        if !status.message.isEmpty {
            append(name: "grpc-message".utf8, value: PercentEncoding.encode(status.message), isVarying: true)
        }
        appendWhatFits(metadata)
    }

    private mutating func appendWhatFits(_ metadata: Metadata) {
        for entry in metadata { try? append(Metadata(CollectionOfOne(entry))) }
    }
}

extension HeaderBlock: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral elements: (String, String)...) {
        self.init()
        for (name, value) in elements { append(name: name.utf8, value: value.utf8) }
    }
}
