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
            var view = GenerationView(of: try generation())
            let observed: ObservedTable?
            do throws(NetlinkError) {
                observed = try readParts(of: table, in: &view)
            } catch  where error.number == .notFound || error == .interrupted {
                // The table, or a set that was listed, went meanwhile, or changed without a pause.
                continue
            } catch {
                throw .netlink(error)
            }
            if view.isTorn { continue }
            if view.isUpToDate { return observed }
            if try generation() == view.generation { return observed }
        }
        throw .netlink(.interrupted)
    }

    private mutating func readParts(
        of table: Table,
        in view: inout GenerationView
    ) throws(NetlinkError) -> ObservedTable? {
        guard let use = try objectCount(of: table) else { return nil }
        let sets = try list("sets", NFT_MSG_GETSET, of: table, by: NFTA_SET_TABLE.rawValue, in: &view) {
            (body) throws(NetlinkError) in try ListedSet(message: body, of: table)
        }
        var elements: [ObjectName: [Element]] = [:]
        for case let (set?, count) in sets.map({ ($0.set, $0.count) }) {
            elements[set.name] = count == 0 ? [] : try listElements(of: set, in: table, &view)
        }
        let rules = try list("rules", NFT_MSG_GETRULE, of: table, by: NFTA_RULE_TABLE.rawValue, in: &view) {
            (body) throws(NetlinkError) in try ObservedRule(message: body, of: table)
        }
        let chains = try list("chains", NFT_MSG_GETCHAIN, of: table, by: nil, in: &view) {
            (body) throws(NetlinkError) in try Chain(message: body, of: table)
        }
        var helpers: [ConntrackHelper] = []
        // What is neither a set nor a chain is an object; most tables have none.
        if use != sets.count + chains.count {
            helpers = try list("objects", NFT_MSG_GETOBJ, of: table, by: NFTA_OBJ_TABLE.rawValue, in: &view) {
                (body) throws(NetlinkError) in try ConntrackHelper(message: body, of: table)
            }
        }
        return ObservedTable(
            generation: view.generation,
            table: table,
            chains: chains,
            rules: rules,
            sets: sets.compactMap(\.set),
            elements: elements,
            helpers: helpers
        )
    }

    /// How many chains, sets and other objects a table holds, its rules apart; nil when there is no such table.
    private mutating func objectCount(of table: Table) throws(NetlinkError) -> Int? {
        do {
            return try socket.get(
                "get \(table)",
                type: nftablesMessage(NFT_MSG_GETTABLE),
                fixedPart: nfgenmsg(table.family),
                attributes: { $0.put(NFTA_TABLE_NAME.rawValue, text: table.name.text) },
                parse: { (_, body) throws(NetlinkError) in
                    var count: UInt32?
                    _ = try forEachAttribute(ofMessage: body) { (type, value) in
                        if type == Int(NFTA_TABLE_USE.rawValue) { count = value.networkNumber }
                    }
                    guard let count else { throw .malformed("table without a count of its objects") }
                    return Int(count)
                }
            )
        } catch  where error.number == .notFound {
            return nil
        }
    }

    /// Lists one kind of a table's objects; `filter` is the attribute by which the kernel chooses the table.
    private mutating func list<Item>(
        _ what: String,
        _ message: nf_tables_msg_types,
        of table: Table,
        by filter: UInt32?,
        in view: inout GenerationView,
        parse: (RawSpan) throws(NetlinkError) -> Item?
    ) throws(NetlinkError) -> [Item] {
        view.beginListing()
        return try socket.list(
            "list \(what) of \(table)",
            type: nftablesMessage(message),
            fixedPart: nfgenmsg(table.family),
            attributes: { writer in
                if let filter { writer.put(filter, text: table.name.text) }
            },
            parse: { (_, body, items) throws(NetlinkError) in
                try view.note(body)
                if let item = try parse(body) { items.append(item) }
            }
        )
    }

    /// Lists the elements of a set or map, in the order of their keys.
    ///
    /// - Throws: `netlink`; with `notFound` when there is no such set.
    public mutating func elements(of set: NamedSet, in table: Table) throws(NftablesError) -> [Element] {
        var view = GenerationView(of: try generation())
        do {
            return try listElements(of: set, in: table, &view)
        } catch {
            throw .netlink(error)
        }
    }

    /// Lists elements until a listing holds none twice.
    ///
    /// The kernel lists a hash table in pieces, by position. When it grows the table between two of them, as it does in
    /// the background after many additions, some elements come twice and as many not at all, and it does not say so.
    private mutating func listElements(
        of set: NamedSet,
        in table: Table,
        _ view: inout GenerationView
    ) throws(NetlinkError) -> [Element] {
        for attempt in 0..<Self.readingAttempts {
            if let elements = [Element](listed: try listOnce(set, in: table, &view), of: set) { return elements }
            usleep(UInt32(1000 * (attempt + 1)))
        }
        throw .interrupted
    }

    private mutating func listOnce(
        _ set: NamedSet,
        in table: Table,
        _ view: inout GenerationView
    ) throws(NetlinkError) -> [ListedElement] {
        view.beginListing()
        return try socket.list(
            "list elements of \(set.name) in \(table)",
            type: nftablesMessage(NFT_MSG_GETSETELEM),
            fixedPart: nfgenmsg(table.family),
            attributes: { writer in
                writer.put(NFTA_SET_ELEM_LIST_TABLE.rawValue, text: table.name.text)
                writer.put(NFTA_SET_ELEM_LIST_SET.rawValue, text: set.name.text)
            },
            parse: { (_, body, items) throws(NetlinkError) in
                try view.note(body)
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
