import Addressing
import KernelTestSupport
import Nftables
import Testing

@Suite(.needsKernel, .tags(.kernel)) struct IntervalTests {
    private let table = Table(.ip, "ranges")

    private func address(_ last: UInt8) -> RegisterValue { RegisterValue(IPv4Address(10, 0, 0, last)) }

    @Test func `ranges of single keys are shown and read back`() throws {
        try withTables { tables in
            let map = NamedSet.map("nets", from: .ipv4Address, to: DataType(.mark), holdsIntervals: true)
            let elements = [
                Element(address(0), through: address(7), value: .number(1), comment: "low"),
                Element(address(8), value: .number(2)),
                Element(address(9), through: address(20), value: .number(3)),
                Element(
                    RegisterValue(IPv4Address(240, 0, 0, 0)),
                    through: RegisterValue(IPv4Address(rawValue: .max)),
                    value: .number(4)
                ),
            ]
            try tables.commit { [table] in
                $0.add(table)
                $0.add(map, to: table)
                $0.add(elements, to: map, in: table)
            }
            let observed = try tables.read(table)
            #expect(observed.sets == [map])
            #expect(observed.elements["nets"] == elements)
            expectGolden(try tables.listing("ip ranges"), "ranges.nft")
            try tables.commit { [table] in $0.delete([elements[0]], from: map, in: table) }
            let rest = try tables.read(table).elements["nets"]
            #expect(rest == Array(elements.dropFirst()))
        }
    }

    @Test func `ranges of ports in a concatenation are shown and read back`() throws {
        try withTables { tables in
            let map = NamedSet.map(
                "port_ranges",
                from: DataType(.ipv4Address, .transport, .port),
                to: .ipv4Address,
                holdsIntervals: true
            )
            let outside = RegisterValue(IPv4Address(203, 0, 113, 11))
            func key(_ port: UInt16) -> RegisterValue { .concatenation(outside, .transport(6), .port(port)) }
            let elements = [
                Element(key(1000), through: key(1999), value: address(1)),
                Element(key(3000), value: address(2)),
            ]
            try tables.commit { [table] in
                $0.add(table)
                $0.add(map, to: table)
                $0.add(elements, to: map, in: table)
            }
            let observed = try tables.read(table)
            #expect(observed.sets == [map])
            #expect(observed.elements["port_ranges"] == elements)
            expectGolden(try tables.listing("ip ranges"), "port_ranges.nft")
        }
    }
}
