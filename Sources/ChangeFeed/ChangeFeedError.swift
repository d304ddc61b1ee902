public import Postgres

/// Why a watch ended, or a feed could not be read.
public enum ChangeFeedError: Error, Hashable, Sendable {
    /// The entries after the position are gone: read the whole state anew and watch from there.
    case compacted
    /// The watcher was slower than the changes for too long: read the whole state anew and watch from there.
    case fellBehind
    /// The text is no position of a feed.
    case invalidPosition(String)
    /// The database did not answer as it should.
    case database(PostgresError)
    /// The feed has been shut down.
    case closed
}

extension ChangeFeedError: CustomStringConvertible {
    /// The error in words: lower case, without a final stop.
    public var description: String {
        switch self {
        case .compacted: "the changes after this position are no longer kept"
        case .fellBehind: "the watcher fell too far behind the changes"
        case .invalidPosition(let text): "\"\(text)\" is not a position of the change feed"
        case .database(let error): error.description
        case .closed: "the change feed is closed"
        }
    }
}
