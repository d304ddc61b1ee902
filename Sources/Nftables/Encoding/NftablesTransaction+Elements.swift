internal import CNftnl
internal import Netlink

extension NftablesTransaction {
    /// Adds elements to a set or map.
    ///
    /// An element that is there with the same value succeeds; with another value it is refused with `exists`.
    public mutating func add(_ elements: [Element], to set: NamedSet, in table: Table) {
        append(elements, verb: "add", NFT_MSG_NEWSETELEM, flags: NLM_F_CREATE, set: set, table: table)
    }

    /// Deletes elements, by their keys, from a set or map.
    ///
    /// One that is not there is refused with `notFound`.
    public mutating func delete(_ elements: [Element], from set: NamedSet, in table: Table) {
        append(elements, verb: "delete", NFT_MSG_DELSETELEM, flags: 0, set: set, table: table)
    }

    /// Deletes and adds what makes a set's elements the desired ones.
    public mutating func apply(_ changes: ElementChanges, to set: NamedSet, in table: Table) {
        delete(changes.deletions, from: set, in: table)
        add(changes.additions, to: set, in: table)
    }

    /// Deletes all elements of a set or map.
    public mutating func deleteElements(of set: NamedSet, in table: Table) {
        steps.append(.elements("delete all", count: 0, set: set.name, table))
        writer.message(type: elementMessage(NFT_MSG_DELSETELEM), flags: 0, fixedPart: nfgenmsg(table.family)) {
            writer in
            writer.put(NFTA_SET_ELEM_LIST_TABLE.rawValue, text: table.name.text)
            writer.put(NFTA_SET_ELEM_LIST_SET.rawValue, text: set.name.text)
        }
    }

    /// Writes elements in as many messages as it takes: a list is one attribute, of at most 65,535 bytes.
    private mutating func append(
        _ elements: [Element],
        verb: String,
        _ message: nf_tables_msg_types,
        flags: Int32,
        set: NamedSet,
        table: Table
    ) {
        let encoder = ElementEncoder(set: set, isDeletion: message == NFT_MSG_DELSETELEM)
        var next = 0
        while next < elements.count {
            let first = next
            writer.message(type: elementMessage(message), flags: flags, fixedPart: nfgenmsg(table.family)) { writer in
                writer.put(NFTA_SET_ELEM_LIST_TABLE.rawValue, text: table.name.text)
                writer.put(NFTA_SET_ELEM_LIST_SET.rawValue, text: set.name.text)
                writer.nest(NFTA_SET_ELEM_LIST_ELEMENTS.nested) { writer in
                    let wanted = min((elements.count - first) * ElementEncoder.longest, Int(UInt16.max) - 4)
                    writer.appendUninitialized(capacity: wanted) { memory in
                        encoder.encode(elements, from: &next, into: memory, limit: wanted)
                    }
                }
            }
            steps.append(.elements(verb, count: next - first, set: set.name, table))
        }
    }

    private func elementMessage(_ message: nf_tables_msg_types) -> UInt32 {
        UInt32(NFNL_SUBSYS_NFTABLES) << 8 | message.rawValue
    }
}

/// Writes elements as `NFTA_LIST_ELEM` attributes straight into memory: they are what there is most of.
///
/// libnftnl would make three heap objects of each, which takes as long as all the rest.
struct ElementEncoder {
    /// More bytes than any element takes: two of them for a range, each with key, key's end, value and comment.
    static let longest = 2 * (4 + 3 * (8 + RegisterValue.capacity) + 8 + 4 + 2 + maximalComment + 2)
    /// The longest comment that nft keeps, with its final NUL.
    private static let maximalComment = Int(NFTNL_UDATA_COMMENT_MAXLEN)

    private let holdsRanges: Bool
    private let isConcatenation: Bool
    private let keyLength: Int
    private let valueLength: Int
    private let isDeletion: Bool

    init(set: NamedSet, isDeletion: Bool) {
        holdsRanges = set.holdsIntervals
        isConcatenation = set.key.parts.count > 1
        keyLength = set.key.byteCount
        valueLength = set.value?.byteCount ?? 0
        self.isDeletion = isDeletion
    }

    /// Writes elements from a position on, until `limit` bytes do not suffice for one more; returns the bytes used.
    func encode(
        _ elements: [Element],
        from next: inout Int,
        into memory: UnsafeMutableRawBufferPointer,
        limit: Int
    ) -> Int {
        var cursor = Cursor(memory: memory)
        while next < elements.count, cursor.position + Self.longest <= limit {
            encode(elements[next], at: &cursor)
            next += 1
        }
        return cursor.position
    }

    private func encode(_ element: Element, at cursor: inout Cursor) {
        precondition(element.key.count == keyLength, "a key of another type than the set's")
        precondition(isDeletion || (element.value?.count ?? 0) == valueLength, "a value of another type than the map's")
        cursor.nest(NFTA_LIST_ELEM.rawValue) { cursor in
            cursor.put(element.key, in: NFTA_SET_ELEM_KEY.rawValue)
            if isConcatenation, let through = element.through {
                cursor.put(through, in: NFTA_SET_ELEM_KEY_END.rawValue)
            }
            if isDeletion { return }
            if let value = element.value { cursor.put(value, in: NFTA_SET_ELEM_DATA.rawValue) }
            if let comment = element.comment { cursor.put(comment: comment, limit: Self.maximalComment) }
        }
        guard holdsRanges, !isConcatenation else { return }
        // A tree of single keys knows ranges by their two borders. The range to the very last key has no second one.
        guard let border = (element.through ?? element.key).advanced(by: 1) else { return }
        cursor.nest(NFTA_LIST_ELEM.rawValue) { cursor in
            cursor.put(number: UInt32(NFT_SET_ELEM_INTERVAL_END.rawValue), in: NFTA_SET_ELEM_FLAGS.rawValue)
            cursor.put(border, in: NFTA_SET_ELEM_KEY.rawValue)
        }
    }
}

/// A position in memory that has room for what is written.
private struct Cursor {
    let memory: UnsafeMutableRawBufferPointer
    var position = 0

    private mutating func header(_ type: UInt32, length: Int) {
        memory.storeBytes(of: UInt16(length), toByteOffset: position, as: UInt16.self)
        memory.storeBytes(of: UInt16(type), toByteOffset: position + 2, as: UInt16.self)
        position += 4
    }

    mutating func nest(_ type: UInt32, _ content: (inout Cursor) -> Void) {
        let start = position
        position += 4
        content(&self)
        let end = position
        position = start
        header(type | UInt32(NLA_F_NESTED), length: end - start)
        position = end
    }

    /// A value, wrapped as data are.
    mutating func put(_ value: RegisterValue, in type: UInt32) {
        let padded = (value.count + 3) & ~3
        header(type | UInt32(NLA_F_NESTED), length: 8 + padded)
        header(UInt32(NFTA_DATA_VALUE.rawValue), length: 4 + value.count)
        value.withPaddedBytes(padded) { memory[position..<(position + padded)].copyBytes(from: $0) }
        position += padded
    }

    mutating func put(number: UInt32, in type: UInt32) {
        header(type, length: 8)
        memory.storeBytes(of: number.bigEndian, toByteOffset: position, as: UInt32.self)
        position += 4
    }

    /// A comment as nft keeps it: a type, the length, and the text with a final NUL.
    mutating func put(comment: String, limit: Int) {
        let text = comment.utf8.prefix(limit - 1)
        let length = text.count + 1
        header(NFTA_SET_ELEM_USERDATA.rawValue, length: 4 + 2 + length)
        memory[position] = UInt8(NFTNL_UDATA_SET_ELEM_COMMENT.rawValue)
        memory[position + 1] = UInt8(length)
        position += 2
        memory[position..<(position + text.count)].copyBytes(from: text)
        position += text.count
        repeat {
            memory[position] = 0
            position += 1
        } while position & 3 != 0
    }
}

extension RawRepresentable where RawValue == UInt32 {
    /// An attribute's number with the flag that says that it holds others.
    var nested: UInt32 { rawValue | UInt32(NLA_F_NESTED) }
}
