import Listing
import Postgres
import PostgresTestSupport
import ResourceModel
import Testing

@Suite(.needsPostgres, .tags(.postgres))
struct ListPageTests {
    let temporary: TemporaryDatabase
    var database: Database { temporary.database }

    private static let columns = ListColumns(
        from: "routers",
        [
            ListColumn("name", type: .text), ListColumn("size", type: .integer),
            ListColumn("admin_state_up", column: "up", type: .boolean), ListColumn("owner", type: .uuid),
            ListColumn("address", type: .inet), ListColumn("created_at", type: .timestamptz, isFilterable: false),
            .custom("name_prefix") { $0.contains("") ? nil : "name LIKE ANY (\($0.map { $0 + "%" })::text[])" },
        ] + ListColumn.tags(column: "tags")
    )

    init() async throws {
        temporary = try await .make()
        try await database.execute(
            """
            CREATE TABLE routers (
                id uuid PRIMARY KEY, name text, size bigint, up boolean NOT NULL DEFAULT true, owner uuid,
                address inet, created_at timestamptz NOT NULL DEFAULT now(), tags text[] NOT NULL DEFAULT '{}')
            """
        )
    }

    /// A router whose id ends in the number.
    private func insert(
        _ number: Int,
        name: String? = nil,
        size: Int? = nil,
        up: Bool = true,
        owner: RouterID? = nil,
        address: String? = nil,
        tags: [String] = []
    ) async throws {
        try await database.execute(
            """
            INSERT INTO routers (id, name, size, up, owner, address, tags)
            VALUES (\(id(number)), \(name), \(size), \(up), \(owner), \(address), \(tags))
            """
        )
    }

    private func id(_ number: Int) -> RouterID {
        RouterID(high: 0xa, low: UInt64(number))
    }

    private func list(_ query: ListQuery, where condition: SQL? = nil) async throws -> [Int] {
        try await page(query, where: condition).items
    }

    private func page(_ query: ListQuery, where condition: SQL? = nil) async throws(ListError) -> Page<Int> {
        try await Self.columns.page(query, selecting: "id", where: condition, in: database) {
            (row) throws(PostgresError) in Int(try row.column(0, as: RouterID.self).low)
        }
    }

    @Test func `without anything asked for all come by id`() async throws {
        for number in [3, 1, 2] { try await insert(number) }
        #expect(try await list(ListQuery()) == [1, 2, 3])
    }

    @Test func `values of one filter are alternatives, filters add up`() async throws {
        try await insert(1, name: "a", size: 1)
        try await insert(2, name: "b", size: 1)
        try await insert(3, name: "a", size: 2, up: false)
        #expect(try await list(ListQuery(filters: [.init("name", ["a", "b"]), .init("size", ["1"])])) == [1, 2])
        #expect(try await list(ListQuery(filters: [.init("name", ["a"]), .init("admin_state_up", ["False"])])) == [3])
        #expect(try await list(ListQuery(filters: [.init("id", [id(2).description, id(9).description])])) == [2])
        #expect(try await list(ListQuery(filters: [.init("name", [])])) == [])
    }

    @Test func `an empty value meets what is empty or NULL`() async throws {
        try await insert(1, name: "")
        try await insert(2, name: "x", owner: id(9))
        try await insert(3)
        #expect(try await list(ListQuery(filters: [.init("name", [""])])) == [1, 3])
        #expect(try await list(ListQuery(filters: [.init("owner", [""])])) == [1, 3])
        #expect(try await list(ListQuery(filters: [.init("owner", ["", id(9).description])])) == [1, 2, 3])
    }

    @Test func `addresses compare as addresses`() async throws {
        try await insert(1, address: "2001:db8::1")
        try await insert(2, address: "192.0.2.9")
        #expect(try await list(ListQuery(filters: [.init("address", ["2001:DB8:0::1"])])) == [1])
    }

    @Test(arguments: [
        ("size", "many"), ("admin_state_up", "perhaps"), ("admin_state_up", ""), ("owner", "x"), ("address", "1.2.3"),
        ("name", "a\0b"), ("id", "' OR true"), ("name_prefix", ""),
    ])
    func `a value that is none of the attribute's is refused`(field: String, value: String) async throws {
        await #expect(throws: ListError.badValue(field: field, value: value)) {
            try await page(ListQuery(filters: [.init(field, [value])]))
        }
    }

    @Test func `unknown and unfit attributes are refused`() async throws {
        await #expect(throws: ListError.unknownField("colour")) {
            try await page(ListQuery(filters: [.init("colour", ["red"])]))
        }
        await #expect(throws: ListError.unknownField("created_at")) {
            try await page(ListQuery(filters: [.init("created_at", ["2026-01-01T00:00:00Z"])]))
        }
        for field in ["colour", "tags", "id; DROP TABLE routers"] {
            await #expect(throws: ListError.unsortableField(field)) { try await page(ListQuery(sort: [.init(field)])) }
        }
        await #expect(throws: ListError.badLimit(-1)) { try await page(ListQuery(limit: -1)) }
    }

    @Test func `a custom filter has its own condition`() async throws {
        try await insert(1, name: "red")
        try await insert(2, name: "blue")
        #expect(try await list(ListQuery(filters: [.init("name_prefix", ["re", "gr"])])) == [1])
    }

    @Test(arguments: [
        ("tags", ["a,b"], [1]), ("tags", ["a", "b"], [1]), ("tags", ["a"], [1, 2]), ("tags-any", ["b,c"], [1, 3]),
        ("not-tags", ["a,b"], [2, 3, 4]), ("not-tags-any", ["a,b"], [3, 4]), ("tags", [""], []),
        ("tags-any", ["", "a"], [1, 2]),
    ])
    func `tags filter in four ways`(field: String, values: [String], expected: [Int]) async throws {
        try await insert(1, tags: ["a", "b"])
        try await insert(2, tags: ["a"])
        try await insert(3, tags: ["c"])
        try await insert(4)
        #expect(try await list(ListQuery(filters: [.init(field, values)])) == expected)
    }

    @Test func `what the caller may not see is not there, as a marker neither`() async throws {
        for number in 1...3 { try await insert(number, size: number) }
        #expect(try await list(ListQuery(), where: "size < \(3)") == [1, 2])
        await #expect(throws: ListError.markerNotFound(id(3).description)) {
            try await page(ListQuery(marker: id(3).description), where: "size < \(3) OR size > 3")
        }
    }

    @Test(arguments: ["nonsense", "00000000-0000-000a-0000-00000000ffff"])
    func `an unknown marker is an error`(marker: String) async throws {
        await #expect(throws: ListError.markerNotFound(marker)) { try await page(ListQuery(marker: marker)) }
    }

    /// Sizes repeat and are missing, so that ties and NULLs stand on page borders.
    private static let sizes = [3, nil, 1, 2, nil, 2, 3, 1, 2, nil, 1]

    @Test(arguments: [
        [], [("size", false)], [("size", true)], [("size", true), ("name", false)], [("name", true), ("id", true)],
    ])
    func `pages forwards and backwards join to the whole, in its order`(sort: [(String, Bool)]) async throws {
        for (number, size) in Self.sizes.enumerated() {
            try await insert(number, name: number % 4 == 0 ? nil : "n\(number % 3)", size: size)
        }
        let keys = sort.map { ListQuery.SortKey($0.0, descending: $0.1) }
        let whole = try await list(ListQuery(sort: keys))
        #expect(Set(whole).count == Self.sizes.count)
        for limit in [1, 2, 3, 11, 20] {
            var forwards: [Int] = []
            var marker: String?
            while true {
                let page = try await page(ListQuery(sort: keys, limit: limit, marker: marker))
                #expect(page.isFull == (page.items.count == limit))
                forwards += page.items
                guard let last = page.items.last else { break }
                marker = id(last).description
            }
            #expect(forwards == whole)
            var backwards: [Int] = []
            marker = nil
            while true {
                let items = try await list(ListQuery(sort: keys, limit: limit, marker: marker, reverse: true))
                backwards = items + backwards
                guard let first = items.first else { break }
                marker = id(first).description
            }
            #expect(backwards == whole)
        }
    }

    @Test func `NULLs come last, and first in descending order`() async throws {
        try await insert(1)
        try await insert(2, size: 5)
        #expect(try await list(ListQuery(sort: [.init("size")])) == [2, 1])
        #expect(try await list(ListQuery(sort: [.init("size", descending: true)])) == [1, 2])
    }

    @Test func `a limit of zero is none`() async throws {
        for number in 1...3 { try await insert(number) }
        let page = try await page(ListQuery(limit: 0))
        #expect(page.items == [1, 2, 3] && !page.isFull)
    }

    @Test func `ids and timestamps survive the way there and back`() async throws {
        let id = RouterID.random()
        let moment = Timestamp(microseconds: 1_795_492_761_000_001)
        let row = try await database.query("SELECT \(id)::uuid AS id, \(moment)::timestamptz AS moment")[0]
        #expect(try row.column("id", as: RouterID.self) == id)
        #expect(try row.column("moment", as: Timestamp.self) == moment)
    }
}
