internal import ChangeFeed
internal import Postgres

extension Migrations {
    /// The change feed, whose tables are the ChangeFeed room's.
    static let createChanges = Migration(number: 7, name: "0007_create_changes", sql: FeedSchema.creation)
}
