public import Postgres

/// Why a list could not be had.
public enum ListError: Error, Hashable, Sendable {
    /// No such attribute, or not one to filter by.
    case unknownField(String)
    /// No such attribute, or not one to sort by.
    case unsortableField(String)
    /// A filter's value is none of the attribute's type.
    case badValue(field: String, value: String)
    /// No object with the marker's id is there for the caller to see.
    case markerNotFound(String)
    /// The limit is negative.
    case badLimit(Int)
    /// The database did not answer as it should.
    case database(PostgresError)
}

extension ListError: CustomStringConvertible {
    /// The error in words: lower case, without a final stop.
    public var description: String {
        switch self {
        case .unknownField(let name): "\"\(name)\" is not an attribute to filter by"
        case .unsortableField(let name): "\"\(name)\" is not an attribute to sort by"
        case .badValue(let field, let value): "\"\(value)\" is not a value of \(field)"
        case .markerNotFound(let marker): "the marker \(marker) could not be found"
        case .badLimit(let limit): "the limit \(limit) is negative"
        case .database(let error): error.description
        }
    }
}
