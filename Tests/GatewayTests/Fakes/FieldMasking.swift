import SwiftProtobuf

@testable import Gateway

extension Message {
    /// Takes over the fields named by the mask, also where they are empty, as the contracts' update methods do.
    mutating func take(_ mask: Google_Protobuf_FieldMask, from other: Self) throws {
        let shape = try MessageShape(Self.protoMessageName)
        var masked: Set<Int> = []
        for path in mask.paths { masked.insert(try shape.number(path)) }
        let bytes =
            try fields(of: try serializedBytes()) { !masked.contains($0) }
            + fields(of: try other.serializedBytes()) { masked.contains($0) }
        self = try Self(serializedBytes: bytes)
    }
}

/// The bytes of those fields of a message whose number fits.
private func fields(of message: [UInt8], where isWanted: (Int) -> Bool) throws -> [UInt8] {
    var kept: [UInt8] = []
    var reader = WireReader(in: 0..<message.count)
    while let field = try reader.next(message.span) {
        if isWanted(field.number) { kept += message[field.start..<reader.position] }
    }
    return kept
}
