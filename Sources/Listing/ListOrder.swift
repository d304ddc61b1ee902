internal import Postgres

/// A total order of a collection's rows.
///
/// NULL is greater than every value, as PostgreSQL has it by default.
struct ListOrder: Sendable {
    struct Key: Sendable {
        let column: ListColumn
        var descending: Bool
    }

    var keys: [Key]

    /// The same rows from the end.
    var reversed: ListOrder {
        ListOrder(keys: keys.map { Key(column: $0.column, descending: !$0.descending) })
    }

    var clause: SQL {
        "ORDER BY "
            + keys.map { "\($0.column.expression)\(unescaped: $0.descending ? " DESC" : "")" as SQL }
            .joined(separator: ", ")
    }

    /// What to know of the marker's row.
    var markerColumns: SQL {
        keys.map { "\($0.column.expression)::text" as SQL }.joined(separator: ", ")
    }

    /// Holds for the rows after the marker's, whose values are in the keys' order: equal in the keys before one, and
    /// beyond it in that one.
    func after(_ marker: [String?]) -> SQL {
        var alternatives: [SQL] = []
        var equal: [SQL] = []
        for (key, value) in zip(keys, marker) {
            if let beyond = key.beyond(value) {
                alternatives.append("(" + (equal + [beyond]).joined(separator: " AND ") + ")")
            }
            equal.append(key.equals(value))
        }
        return "(" + alternatives.joined(separator: " OR ") + ")"
    }
}

extension ListOrder.Key {
    private func bound(_ value: String) -> SQL {
        "\(value)::\(unescaped: column.type == .integer ? "bigint" : column.type.rawValue)"
    }

    fileprivate func equals(_ value: String?) -> SQL {
        guard let value else { return "\(column.expression) IS NULL" }
        return "\(column.expression) = \(bound(value))"
    }

    /// Nil when nothing can be beyond.
    fileprivate func beyond(_ value: String?) -> SQL? {
        switch (value, descending) {
        case (nil, false): nil
        case (nil, true): "\(column.expression) IS NOT NULL"
        // An id is never NULL, and its index serves the plain comparison only.
        case (let value?, false) where column.name == "id": "\(column.expression) > \(bound(value))"
        case (let value?, false): "(\(column.expression) > \(bound(value)) OR \(column.expression) IS NULL)"
        case (let value?, true): "\(column.expression) < \(bound(value))"
        }
    }
}
