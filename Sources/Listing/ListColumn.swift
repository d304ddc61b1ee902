internal import Addressing
public import Postgres

/// One attribute of a collection, as far as lists filter and sort by it.
public struct ListColumn: Sendable {
    /// What an attribute's values are.
    ///
    /// It decides which filter values are refused.
    public enum ValueType: String, Sendable {
        case text, boolean, integer, uuid, inet, cidr, macaddr, timestamptz

        /// Whether PostgreSQL can read the text as such a value.
        func accepts(_ text: String) -> Bool {
            switch self {
            case .text: !text.utf8.contains(0)
            case .boolean: ListColumn.boolean(text) != nil
            case .integer: Int64(text) != nil
            case .uuid: ListColumn.isUUID(text)
            case .inet: IPAddress(text) != nil
            case .cidr: CIDR(text).map { !$0.hasHostBits } ?? (IPAddress(text) != nil)
            case .macaddr: MACAddress(text) != nil
            case .timestamptz: (try? PostgresTimestamp(postgresText: text)) != nil
            }
        }

        /// The type of the array that filter values are compared with.
        var arrayType: String { self == .integer ? "bigint[]" : "\(rawValue)[]" }
    }

    /// A condition for a filter's values: nil when one of them is not of the attribute's kind.
    public typealias Condition = @Sendable (_ values: [String]) -> SQL?

    enum Filter: Sendable {
        case equality
        case custom(Condition)
        case none
    }

    let name: String
    let expression: SQL
    let type: ValueType
    let filter: Filter
    let isSortable: Bool

    /// An attribute that is a column or an expression.
    ///
    /// - Parameters:
    ///   - name: The attribute's name, as in the contracts.
    ///   - column: The column or expression of the statement's FROM; the attribute's name when left out.
    ///   - type: The column's type. Values of a filter are checked against it before the server sees them.
    ///   - isFilterable: Whether `name=value` is allowed; then it is equality, and an empty value meets NULL too.
    ///   - isSortable: Whether the attribute may be a sort key.
    public init(
        _ name: String,
        column: SQL? = nil,
        type: ValueType,
        isFilterable: Bool = true,
        isSortable: Bool = true
    ) {
        self.name = name
        expression = column ?? SQL(unescaped: name)
        self.type = type
        filter = isFilterable ? .equality : .none
        self.isSortable = isSortable
    }

    /// A filter with a condition of its own, not to be sorted by.
    public static func custom(_ name: String, _ condition: @escaping Condition) -> ListColumn {
        ListColumn(name: name, expression: SQL(), type: .text, filter: .custom(condition), isSortable: false)
    }

    private init(name: String, expression: SQL, type: ValueType, filter: Filter, isSortable: Bool) {
        self.name = name
        self.expression = expression
        self.type = type
        self.filter = filter
        self.isSortable = isSortable
    }

    /// The words Neutron's clients use for truth.
    private static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "1", "yes", "on", "t": true
        case "false", "0", "no", "off", "f": false
        default: nil
        }
    }

    private static func isUUID(_ text: String) -> Bool {
        let digits = text.split(separator: "-", omittingEmptySubsequences: false)
        return digits.map(\.utf8.count) == [8, 4, 4, 4, 12] && digits.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }
}

extension ListColumn {
    /// The filter's condition.
    ///
    /// - Throws: ``ListError/unknownField(_:)`` and ``ListError/badValue(field:value:)``.
    func condition(_ values: [String]) throws(ListError) -> SQL {
        switch filter {
        case .none: throw .unknownField(name)
        case .equality: return try equality(values)
        case .custom(let condition):
            guard let sql = condition(values) else {
                throw .badValue(field: name, value: values.joined(separator: ","))
            }
            return sql
        }
    }

    private func equality(_ values: [String]) throws(ListError) -> SQL {
        let isNullMeant = values.contains("")
        let present = type == .text ? values : values.filter { !$0.isEmpty }
        for value in present where !type.accepts(value) { throw .badValue(field: name, value: value) }
        if isNullMeant, type == .boolean || type == .integer { throw .badValue(field: name, value: "") }
        var sql: SQL = "(\(expression) = ANY (\(present)::\(unescaped: type.arrayType))"
        if isNullMeant { sql += " OR \(expression) IS NULL" }
        return sql + ")"
    }
}
