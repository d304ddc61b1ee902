internal import Postgres

extension Migrations {
    static let numberReferences = Migration(
        number: 11,
        name: "0011_number_references",
        sql: """
            -- A reference that went and came again is another one: who leans on the port now was not told.
            ALTER TABLE port_references ADD COLUMN generation bigint GENERATED ALWAYS AS IDENTITY;
            """
    )
}
