public import Postgres
public import ResourceModel

/// What a collection can be filtered and sorted by, and the one way from a `ListQuery` to a statement.
public struct ListColumns: Sendable {
    let source: SQL
    let id: ListColumn
    private let columns: [String: ListColumn]

    /// The attributes of a collection.
    ///
    /// `id` is always one, and always breaks ties.
    ///
    /// - Parameters:
    ///   - source: What stands after FROM, as in `routers AS r`.
    ///   - id: The column of the ids; each may appear once only in the source.
    ///   - idType: Its type.
    ///   - columns: The attributes; the last of a name counts.
    public init(from source: SQL, id: SQL = "id", idType: ListColumn.ValueType = .uuid, _ columns: [ListColumn]) {
        self.source = source
        self.id = ListColumn("id", column: id, type: idType)
        var table = ["id": self.id]
        for column in columns { table[column.name] = column }
        self.columns = table
    }

    /// The conditions of all filters, each in parentheses or a single term; empty without filters.
    ///
    /// - Throws: ``ListError/unknownField(_:)`` and ``ListError/badValue(field:value:)``.
    public func conditions(_ filters: [ListQuery.Filter]) throws(ListError) -> [SQL] {
        var conditions: [SQL] = []
        for filter in filters {
            guard let column = columns[filter.field] else { throw .unknownField(filter.field) }
            conditions.append(try column.condition(filter.values))
        }
        return conditions
    }

    /// The order asked for, ended by the id, which makes it total.
    func order(_ sort: [ListQuery.SortKey]) throws(ListError) -> ListOrder {
        var keys: [ListOrder.Key] = []
        for key in sort {
            guard let column = columns[key.field], column.isSortable else { throw .unsortableField(key.field) }
            // Behind the id, and a second time, a key decides nothing.
            if keys.contains(where: { $0.column.name == "id" || $0.column.name == key.field }) { continue }
            keys.append(ListOrder.Key(column: column, descending: key.descending))
        }
        if keys.last?.column.name != "id" { keys.append(ListOrder.Key(column: id, descending: false)) }
        return ListOrder(keys: keys)
    }
}
