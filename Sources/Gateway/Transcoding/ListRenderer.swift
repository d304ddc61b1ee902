/// The answer to a list request as it grows from one or more pages of a service.
struct ListRenderer: ~Copyable {
    private var output = JSONOutput(capacity: 16384)
    private var renderer = ObjectRenderer()
    private(set) var count = 0
    private(set) var firstID: String?
    private(set) var lastID: String?

    init(collection: String) {
        output.raw("{")
        output.string(collection)
        output.raw(":[")
    }

    /// Adds the objects in field `number` of a list answer; how many there were.
    ///
    /// - Throws: `WireError` when the answer is not a message.
    mutating func append(
        _ answer: [UInt8],
        field number: Int,
        by plan: RenderingPlan,
        of codec: ResourceCodec? = nil
    ) throws(WireError) -> Int {
        let bytes = answer.span
        var reader = WireReader(in: 0..<bytes.count)
        var added = 0
        var last = 0..<0
        while let field = try reader.next(bytes) {
            guard field.number == number else { continue }
            if count > 0 { output.byte(UInt8(ascii: ",")) }
            if count == 0 { firstID = try codec?.id(of: bytes, in: field.range) }
            try renderer.render(bytes, in: field.range, by: plan, to: &output)
            last = field.range
            count += 1
            added += 1
        }
        if added > 0 { lastID = try codec?.id(of: bytes, in: last) }
        return added
    }

    /// The whole answer, with the links if there are any.
    mutating func finish(links: JSONValue? = nil, named name: String = "") -> [UInt8] {
        output.raw("]")
        if let links {
            output.raw(",")
            output.string(name)
            output.raw(":")
            output.value(links)
        }
        output.raw("}")
        return output.take()
    }
}

extension RenderingPlan {
    /// One object of a service, under its key or bare.
    ///
    /// - Throws: `WireError` when the answer is not a message.
    func json(_ answer: [UInt8], under key: String?) throws(WireError) -> [UInt8] {
        var output = JSONOutput()
        var renderer = ObjectRenderer()
        if let key {
            output.raw("{")
            output.string(key)
            output.raw(":")
        }
        try renderer.render(answer.span, in: 0..<answer.count, by: self, to: &output)
        if key != nil { output.raw("}") }
        return output.take()
    }
}
