internal import CNftnl
internal import Glibc
internal import Netlink

extension NftablesSocket {
    /// How often a table is read anew when it changes meanwhile.
    private static var readingAttempts: Int { 16 }

    /// Lists all tables of IPv4 and IPv6.
    ///
    /// - Throws: `netlink`.
    public mutating func tables() throws(NftablesError) -> [Table] {
        do {
            return try socket.list(
                "list tables",
                type: nftablesMessage(NFT_MSG_GETTABLE),
                fixedPart: nfgenmsg(nil),
                parse: { (_, body, items) throws(NetlinkError) in
                    if let table = try Table(message: body) { items.append(table) }
                }
            )
        } catch {
            throw .netlink(error)
        }
    }

    /// Reads a table with all that it holds, in one consistent state; nil when there is no such table.
    ///
    /// - Throws: `netlink`; with `interrupted` when others change it all the time.
    public mutating func read(_ table: Table) throws(NftablesError) -> ObservedTable? {
        for _ in 0..<Self.readingAttempts {
            let before = try generation()
            guard try tables().contains(table) else { return nil }
            let observed: ObservedTable
            do {
                observed = try readParts(of: table, in: before)
            } catch NftablesError.netlink(let error) where error.number == .notFound || error == .interrupted {
                // The table, or a set that was listed, went meanwhile, or changed without a pause.
                continue
            }
            if try generation() == before { return observed }
        }
        throw .netlink(.interrupted)
    }

    private mutating func readParts(
        of table: Table,
        in generation: Generation
    ) throws(NftablesError) -> ObservedTable {
        do {
            let sets = try list("sets", NFT_MSG_GETSET, of: table, by: NFTA_SET_TABLE.rawValue) {
                (body) throws(NetlinkError) in try NamedSet(message: body, of: table)
            }
            var elements: [ObjectName: [Element]] = [:]
            for set in sets { elements[set.name] = try listElements(of: set, in: table) }
            return ObservedTable(
                generation: generation,
                table: table,
                chains: try list("chains", NFT_MSG_GETCHAIN, of: table, by: nil) {
                    (body) throws(NetlinkError) in try Chain(message: body, of: table)
                },
                rules: try list("rules", NFT_MSG_GETRULE, of: table, by: NFTA_RULE_TABLE.rawValue) {
                    (body) throws(NetlinkError) in try ObservedRule(message: body, of: table)
                },
                sets: sets,
                elements: elements,
                helpers: try list("objects", NFT_MSG_GETOBJ, of: table, by: NFTA_OBJ_TABLE.rawValue) {
                    (body) throws(NetlinkError) in try ConntrackHelper(message: body, of: table)
                }
            )
        } catch {
            throw .netlink(error)
        }
    }

    /// Lists one kind of a table's objects; `filter` is the attribute by which the kernel chooses the table.
    private mutating func list<Item>(
        _ what: String,
        _ message: nf_tables_msg_types,
        of table: Table,
        by filter: UInt32?,
        parse: (RawSpan) throws(NetlinkError) -> Item?
    ) throws(NetlinkError) -> [Item] {
        try socket.list(
            "list \(what) of \(table)",
            type: nftablesMessage(message),
            fixedPart: nfgenmsg(table.family),
            attributes: { writer in
                if let filter { writer.put(filter, text: table.name.text) }
            },
            parse: { (_, body, items) throws(NetlinkError) in
                if let item = try parse(body) { items.append(item) }
            }
        )
    }

    /// Lists the elements of a set or map, in the order of their keys.
    ///
    /// - Throws: `netlink`; with `notFound` when there is no such set.
    public mutating func elements(of set: NamedSet, in table: Table) throws(NftablesError) -> [Element] {
        do {
            return try listElements(of: set, in: table)
        } catch {
            throw .netlink(error)
        }
    }

    /// Lists elements until a listing holds none twice.
    ///
    /// The kernel lists a hash table in pieces, by position. When it grows the table between two of them, as it does in
    /// the background after many additions, some elements come twice and as many not at all, and it does not say so.
    private mutating func listElements(of set: NamedSet, in table: Table) throws(NetlinkError) -> [Element] {
        for attempt in 0..<Self.readingAttempts {
            if let elements = [Element](listed: try listOnce(set, in: table), of: set) { return elements }
            usleep(UInt32(1000 * (attempt + 1)))
        }
        throw .interrupted
    }

    private mutating func listOnce(_ set: NamedSet, in table: Table) throws(NetlinkError) -> [ListedElement] {
        try socket.list(
            "list elements of \(set.name) in \(table)",
            type: nftablesMessage(NFT_MSG_GETSETELEM),
            fixedPart: nfgenmsg(table.family),
            attributes: { writer in
                writer.put(NFTA_SET_ELEM_LIST_TABLE.rawValue, text: table.name.text)
                writer.put(NFTA_SET_ELEM_LIST_SET.rawValue, text: set.name.text)
            },
            parse: { (_, body, items) throws(NetlinkError) in
                _ = try forEachAttribute(ofMessage: body) { (type, list) throws(NetlinkError) in
                    guard type == Int(NFTA_SET_ELEM_LIST_ELEMENTS.rawValue) else { return }
                    try forEachAttribute(in: list) { (_, attributes) throws(NetlinkError) in
                        if let element = try ListedElement(attributes: attributes) { items.append(element) }
                    }
                }
            }
        )
    }
}
