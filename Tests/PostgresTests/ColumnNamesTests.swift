import Testing

@testable import Postgres

@Suite struct ColumnNamesTests {
    private static let names = (0..<40).map { "column_\($0)" } + ["", "Column_1", "é", "column_3"]

    @Test func `each name is found where it first stands`() {
        let columns = ColumnNames(Self.names)
        for (position, name) in Self.names.dropLast().enumerated() {
            #expect(columns.find(name) == Int32(position))
        }
    }

    @Test(arguments: ["column", "column_40", "COLUMN_1", " ", "column_1 "])
    func `a name that no column has is not found`(name: String) {
        #expect(ColumnNames(Self.names).find(name) == nil)
    }

    @Test func `a result without columns has no names`() {
        #expect(ColumnNames([]).find("") == nil)
    }
}

extension ColumnNames {
    fileprivate func find(_ name: String) -> Int32? {
        let octets = Array(name.utf8)
        return position(of: octets.span)
    }
}
