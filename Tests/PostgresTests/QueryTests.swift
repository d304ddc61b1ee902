import Addressing
import Postgres
import PostgresTestSupport
import Testing

@Suite(.needsPostgres, .tags(.postgres))
struct QueryTests {
    let temporary: TemporaryDatabase
    var database: Database { temporary.database }

    init() async throws {
        temporary = try await .make()
    }

    @Test func `a value comes back as it was bound`() async throws {
        let row = try #require(
            try await database.query("SELECT \(7)::int AS number, \("a'b\"c\\d")::text AS word, \(true)::bool AS flag")
                .first
        )
        #expect(try row.column("number", as: Int.self) == 7)
        #expect(try row.column("word", as: String.self) == "a'b\"c\\d")
        #expect(try row.column("flag", as: Bool.self))
        let (number, word) = try row.decode(Int.self, String?.self)
        #expect(number == 7 && word == "a'b\"c\\d")
    }

    @Test func `an interpolated value cannot become syntax`() async throws {
        try await database.execute("CREATE TABLE victims (name text)")
        let evil = "x'); DROP TABLE victims; --"
        try await database.execute("INSERT INTO victims (name) VALUES (\(evil))")
        let rows = try await database.query("SELECT name FROM victims WHERE name = \(evil)")
        #expect(try rows.map { row throws in try row.column(0, as: String.self) } == [evil])
    }

    @Test func `NULL is an error unless an optional is asked for`() async throws {
        let row = try #require(try await database.query("SELECT \(String?.none)::text AS nothing").first)
        #expect(try row.column("nothing", as: String?.self) == nil)
        #expect(throws: PostgresError.decoding("column \"nothing\": it is NULL")) {
            try row.column("nothing", as: String.self)
        }
    }

    @Test func `a missing or mistyped column is named`() async throws {
        let row = try #require(try await database.query("SELECT 'x' AS letter").first)
        #expect(throws: PostgresError.decoding("no column \"letters\"")) { try row.column("letters", as: String.self) }
        #expect(throws: PostgresError.decoding("column \"letter\": \"x\" is not a Int")) {
            try row.column("letter", as: Int.self)
        }
    }

    @Test(arguments: [
        [], ["a"], ["a,b", "c\"d", "e\\f", "{}", "NULL", "null", "", " "], ["größe", "日本", "🚀"],
    ])
    func `an array of text survives the way there and back`(array: [String]) async throws {
        let row = try #require(try await database.query("SELECT \(array)::text[] AS list").first)
        #expect(try row.column("list", as: [String].self) == array)
    }

    @Test func `arrays hold numbers and NULLs`() async throws {
        let numbers: [Int?] = [1, nil, -3]
        let row = try #require(
            try await database.query("SELECT \(numbers)::int[] AS some, ARRAY(SELECT 1 WHERE false) AS none").first
        )
        #expect(try row.column("some", as: [Int?].self) == numbers)
        #expect(try row.column("none", as: [Int].self) == [])
    }

    @Test func `any of an array of binds`() async throws {
        let rows = try await database.query("SELECT g FROM generate_series(1, 9) AS g WHERE g = ANY(\([2, 5, 77]))")
        #expect(try rows.map { row throws in try row.column(0, as: Int.self) } == [2, 5])
    }

    @Test func `nested fragments keep their binds in order`() async throws {
        let condition: SQL = "n BETWEEN \(3) AND \(5)"
        let order = SQL(unescaped: "ORDER BY n DESC")
        var sql: SQL = "SELECT n FROM generate_series(\(1)::int, \(9)::int) AS n WHERE \(condition) "
        sql += order
        sql.append(" LIMIT \(2)")
        #expect(
            sql.description
                == "SELECT n FROM generate_series($1::int, $2::int) AS n WHERE n BETWEEN $3 AND $4 ORDER BY n DESC LIMIT $5"
        )
        #expect(try await database.query(sql).map { row throws in try row.column(0, as: Int.self) } == [5, 4])
    }

    @Test func `addresses travel as inet, cidr and macaddr`() async throws {
        let v4 = try #require(IPAddress("192.0.2.7"))
        let v6 = try #require(IPAddress("2001:db8::1"))
        let prefix = try #require(CIDR("10.1.0.0/16"))
        let mac = try #require(MACAddress("fa:16:3e:00:00:01"))
        let row = try #require(
            try await database.query(
                "SELECT \(v4)::inet AS a, \(v6)::inet AS b, \(prefix)::cidr AS c, \(mac)::macaddr AS d, \(v4)::cidr AS e"
            )
            .first
        )
        #expect(try row.column("a", as: IPAddress.self) == v4)
        #expect(try row.column("b", as: IPAddress.self) == v6)
        #expect(try row.column("c", as: CIDR.self) == prefix)
        #expect(try row.column("d", as: MACAddress.self) == mac)
        #expect(try row.column("e", as: IPAddress.self) == v4)
        #expect(try row.column("e", as: CIDR.self) == CIDR(host: v4))
    }

    @Test(arguments: [
        ("1970-01-01 00:00:00+00", 0), ("1969-12-31 23:59:59.5+00", -500_000),
        ("2000-02-29 12:00:00.000001Z", 951_825_600_000_001),
        ("2026-11-24 03:59:21+00", 1_795_492_761_000_000),
    ])
    func `a timestamp keeps its microseconds`(text: String, microseconds: Int64) async throws {
        let stamp = PostgresTimestamp(microseconds: microseconds)
        let row = try #require(
            try await database.query("SELECT \(text)::timestamptz AS a, \(stamp)::timestamptz AS b").first
        )
        #expect(try row.column("a", as: PostgresTimestamp.self) == stamp)
        #expect(try row.column("b", as: PostgresTimestamp.self) == stamp)
    }

    @Test func `a moment prints as RFC 3339 to the second`() {
        #expect(PostgresTimestamp(microseconds: 1_795_492_761_999_999).secondsText == "2026-11-24T03:59:21Z")
        #expect(PostgresTimestamp(microseconds: -1).secondsText == "1969-12-31T23:59:59Z")
    }

    @Test func `a value of ten megabytes survives the way there and back`() async throws {
        let big = String(repeating: "ä0123456789", count: 870_000)
        let row = try #require(try await database.query("SELECT \(big)::text AS big, length(\(big)) AS length").first)
        #expect(try row.column("length", as: Int.self) == big.unicodeScalars.count)
        #expect(try row.column("big", as: String.self) == big)
    }

    @Test func `a NUL byte is refused, not cut off`() async throws {
        await #expect(throws: PostgresError.encoding("value $2 contains a NUL byte")) {
            try await database.query("SELECT \("a")::text, \("b\0c")::text")
        }
    }

    @Test func `a write among the shared reads is refused`() async throws {
        try await database.execute("CREATE TABLE things (id int)")
        let error = await #expect(throws: PostgresError.self) {
            try await database.query("INSERT INTO things (id) VALUES (1) RETURNING id")
        }
        #expect(error?.serverError?.sqlState == "25006")
    }

    @Test func `a broken constraint tells its name`() async throws {
        try await database.execute(
            "CREATE TABLE ports (id int CONSTRAINT ports_id_key UNIQUE, size int CONSTRAINT ports_size_check CHECK (size > 0))"
        )
        #expect(try await database.execute("INSERT INTO ports (id, size) VALUES (1, 1), (2, 1)") == 2)
        let unique = await #expect(throws: PostgresError.self) {
            try await database.execute("INSERT INTO ports (id, size) VALUES (1, 1)")
        }
        #expect(unique?.serverError?.isUniqueViolation == true)
        #expect(unique?.serverError?.constraint == "ports_id_key")
        #expect(unique?.serverError?.table == "ports")
        let check = await #expect(throws: PostgresError.self) {
            try await database.execute("UPDATE ports SET size = 0")
        }
        #expect(check?.serverError?.isCheckViolation == true)
        #expect(check?.serverError?.constraint == "ports_size_check")
    }

    @Test func `the session settings are in force`() async throws {
        let names = ["statement_timeout", "idle_in_transaction_session_timeout", "TimeZone", "application_name"]
        var values: [String] = []
        for name in names {
            let row = try #require(try await database.query("SELECT current_setting(\(name))").first)
            values.append(try row.column(0))
        }
        #expect(values == ["30s", "30s", "UTC", "sluice"])
    }
}
