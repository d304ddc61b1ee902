/// A message that makes no sense to this agent.
struct WireFault: Error, Hashable, CustomStringConvertible {
    /// What is wrong with which field.
    var description: String

    init(_ field: String, _ text: String) {
        description = "\(field) is '\(text)'"
    }

    /// The value of a field as a type that parses itself.
    static func parse<Value: LosslessStringConvertible>(
        _ text: String,
        _ field: String,
        as _: Value.Type = Value.self
    ) throws(WireFault) -> Value {
        guard let value = Value(text) else { throw WireFault(field, text) }
        return value
    }

    /// The value of a field that may be empty.
    static func parseOptional<Value: LosslessStringConvertible>(
        _ text: String,
        _ field: String,
        as _: Value.Type = Value.self
    ) throws(WireFault) -> Value? {
        text.isEmpty ? nil : try parse(text, field, as: Value.self)
    }
}

/// The contracts' types, by the names that this room uses.
enum Wire {}
