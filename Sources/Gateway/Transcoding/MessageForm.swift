/// A request message with the fields that the gateway writes, or an answer with those it reads, by their names.
struct MessageForm: Sendable {
    private let numbers: [String: Int]

    /// - Parameters:
    ///   - message: the message's full name.
    ///   - fields: the names of all fields that are going to be asked for.
    /// - Throws: `TableError` when the contracts lack one.
    init(_ message: String, _ fields: String...) throws(TableError) {
        try self.init(message, fields: fields)
    }

    /// The same with a list of names.
    init(_ message: String, fields: [String]) throws(TableError) {
        let shape = try MessageShape(message)
        var numbers: [String: Int] = [:]
        for name in fields { numbers[name] = try shape.number(name) }
        self.numbers = numbers
    }

    /// The number of a field that was named at the start.
    subscript(name: String) -> Int {
        guard let number = numbers[name] else { preconditionFailure("the form was not made with '\(name)'") }
        return number
    }

    /// The bytes of a message that `write` fills.
    func bytes(_ write: (MessageForm, inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter()
        write(self, &writer)
        return writer.bytes
    }
}
