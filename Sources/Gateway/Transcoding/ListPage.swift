/// One page of a service's list answer, with what the next page and the links are asked by.
struct ListPage: Sendable {
    let bytes: [UInt8]
    /// The field that holds the objects.
    let field: Int
    private(set) var count = 0
    private(set) var firstID: String?
    private(set) var lastID: String?

    /// - Throws: `WireError` when the answer is not a message.
    init(_ bytes: [UInt8], field: Int, of codec: ResourceCodec) throws(WireError) {
        self.bytes = bytes
        self.field = field
        let span = bytes.span
        var reader = WireReader(in: 0..<span.count)
        var first = 0..<0
        var last = 0..<0
        while let found = try reader.next(span) {
            guard found.number == field else { continue }
            if count == 0 { first = found.range }
            last = found.range
            count += 1
        }
        firstID = try codec.id(of: span, in: first)
        lastID = try codec.id(of: span, in: last)
    }
}
