/// The answer to a list request as it grows from one or more pages of a service.
struct ListRenderer: ~Copyable {
    private var output: JSONOutput
    private var renderer = ObjectRenderer()
    private var count = 0
    private let capacity: Int

    /// A list that is expected to take so many bytes, or is taken away in pieces of that size.
    init(collection: String, capacity: Int = 16384) {
        self.capacity = capacity
        output = JSONOutput(capacity: capacity)
        output.raw("{")
        output.string(collection)
        output.raw(":[")
    }

    /// Adds all objects in field `number` of an answer.
    ///
    /// - Throws: `WireError` when the answer is not a message.
    mutating func append(_ answer: [UInt8], field number: Int, by plan: RenderingPlan) throws(WireError) {
        _ = try append(answer, field: number, from: 0, by: plan, upTo: .max)
    }

    /// Adds objects of an answer from `start` on until there are at least `size` bytes to take.
    ///
    /// Gives where to go on; nil when all have been added.
    ///
    /// - Throws: `WireError` when the answer is not a message.
    mutating func append(
        _ answer: [UInt8],
        field number: Int,
        from start: Int,
        by plan: RenderingPlan,
        upTo size: Int
    ) throws(WireError) -> Int? {
        let bytes = answer.span
        var reader = WireReader(in: start..<bytes.count)
        while let field = try reader.next(bytes) {
            guard field.number == number else { continue }
            if count > 0 { output.byte(UInt8(ascii: ",")) }
            try renderer.render(bytes, in: field.range, by: plan, to: &output)
            count += 1
            if output.count >= size { return reader.position }
        }
        return nil
    }

    /// The text since the last piece.
    mutating func takePiece() -> [UInt8] { output.take(leavingRoomFor: capacity) }

    /// The rest of the answer, with the links if there are any.
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
        var output = JSONOutput(capacity: 512 + answer.count * 2)
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
