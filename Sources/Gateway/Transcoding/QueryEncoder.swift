internal import ResourceModel

/// List queries as `l3.query.v1.Query` bytes.
struct QueryEncoder: Sendable {
    private let query: MessageForm
    private let filter: MessageForm
    private let sortKey: MessageForm

    /// - Throws: `TableError` when the contracts lack a field.
    init() throws(TableError) {
        query = try MessageForm("l3.query.v1.Query", "filters", "sort", "page_size", "page_token", "reverse")
        filter = try MessageForm("l3.query.v1.Filter", "field", "values")
        sortKey = try MessageForm("l3.query.v1.SortKey", "field", "descending")
    }

    func bytes(_ list: ListQuery) -> [UInt8] {
        query.bytes { form, writer in
            for filter in list.filters { writer.message(form["filters"], bytes(filter)) }
            for key in list.sort { writer.message(form["sort"], bytes(key)) }
            if let limit = list.limit { writer.integer(form["page_size"], Int64(limit)) }
            if let marker = list.marker { writer.string(form["page_token"], marker) }
            if list.reverse { writer.bool(form["reverse"], true) }
        }
    }

    private func bytes(_ filter: ListQuery.Filter) -> [UInt8] {
        self.filter.bytes { form, writer in
            writer.string(form["field"], filter.field)
            for value in filter.values { writer.string(form["values"], value) }
        }
    }

    private func bytes(_ key: ListQuery.SortKey) -> [UInt8] {
        sortKey.bytes { form, writer in
            writer.string(form["field"], key.field)
            if key.descending { writer.bool(form["descending"], true) }
        }
    }
}
