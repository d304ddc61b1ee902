public import Contracts
public import ResourceModel
internal import SwiftProtobuf

extension ListQuery {
    /// The query that a list request carries.
    public init(wire: L3_Query_V1_Query) {
        self.init(
            filters: wire.filters.map { Filter($0.field, $0.values) },
            sort: wire.sort.map { SortKey($0.field, descending: $0.descending) },
            limit: wire.pageSize > 0 ? Int(wire.pageSize) : nil,
            marker: wire.pageToken.isEmpty ? nil : wire.pageToken,
            reverse: wire.reverse
        )
    }

    /// The query as a list request carries it.
    public var wire: L3_Query_V1_Query {
        .with { query in
            query.filters = filters.map { filter in
                .with {
                    $0.field = filter.field
                    $0.values = filter.values
                }
            }
            query.sort = sort.map { key in
                .with {
                    $0.field = key.field
                    $0.descending = key.descending
                }
            }
            query.pageSize = Int32(clamping: limit ?? 0)
            query.pageToken = marker ?? ""
            query.reverse = reverse
        }
    }
}
