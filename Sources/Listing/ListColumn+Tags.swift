public import Postgres

extension ListColumn {
    /// The four tag filters over an array column: `tags` (all of), `tags-any` (any of), `not-tags` (not all of) and
    /// `not-tags-any` (none of).
    ///
    /// A value may hold several tags with commas between.
    ///
    /// Source: Neutron API reference, "Filtering by tags".
    public static func tags(column: SQL = "tags") -> [ListColumn] {
        [
            custom("tags") { "\(column) @> \(tags(in: $0))::text[]" },
            custom("tags-any") { "\(column) && \(tags(in: $0))::text[]" },
            custom("not-tags") { "NOT (\(column) @> \(tags(in: $0))::text[])" },
            custom("not-tags-any") { "NOT (\(column) && \(tags(in: $0))::text[])" },
        ]
    }

    private static func tags(in values: [String]) -> [String] {
        values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }
}
