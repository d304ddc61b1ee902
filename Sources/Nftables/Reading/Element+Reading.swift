internal import CNftnl
internal import Netlink

/// An element as the kernel lists it: a tree of ranges lists their borders each by itself.
struct ListedElement {
    let element: Element
    /// Whether its key is the first one behind a range.
    let isRangeEnd: Bool

    /// Reads one `NFTA_LIST_ELEM`; nil without a key that this room can hold.
    init?(attributes: RawSpan) throws(NetlinkError) {
        var key: RegisterValue?
        var through: RegisterValue?
        var value: RegisterValue?
        var comment: String?
        var flags: UInt32 = 0
        try forEachAttribute(in: attributes) { (type, content) throws(NetlinkError) in
            switch type {
            case Int(NFTA_SET_ELEM_KEY.rawValue): key = try content.wrappedValue()
            case Int(NFTA_SET_ELEM_KEY_END.rawValue): through = try content.wrappedValue()
            case Int(NFTA_SET_ELEM_DATA.rawValue): value = try content.wrappedValue()
            case Int(NFTA_SET_ELEM_USERDATA.rawValue): comment = content.comment
            case Int(NFTA_SET_ELEM_FLAGS.rawValue):
                flags = content.networkNumber ?? 0
            default: break
            }
        }
        guard let key else { return nil }
        isRangeEnd = flags & UInt32(NFT_SET_ELEM_INTERVAL_END.rawValue) != 0
        element = Element(key, through: through == key ? nil : through, value: value, comment: comment)
    }
}

extension [Element] {
    /// The elements of a set from what the kernel lists, in the order of their keys; nil when it lists one twice.
    init?(listed: [ListedElement], of set: NamedSet) {
        let sorted = listed.sorted { left, right in
            // Where a range begins right behind another, the end of that comes first.
            left.element.key == right.element.key
                ? left.isRangeEnd && !right.isRangeEnd : left.element.key < right.element.key
        }
        let followers = sorted.dropFirst()
        if zip(sorted, followers).contains(where: { $0.element.key == $1.element.key && $0.isRangeEnd == $1.isRangeEnd }
        ) {
            return nil
        }
        guard set.holdsIntervals, set.key.parts.count == 1 else {
            self = sorted.map(\.element)
            return
        }
        self = []
        var open: Element?
        for listed in sorted {
            if let begun = open { append(begun.closed(before: listed.element.key)) }
            open = listed.isRangeEnd ? nil : listed.element
        }
        if let begun = open { append(begun.closed(before: nil)) }
    }
}

extension Element {
    /// The range that ends before a key, or with the very last one.
    fileprivate func closed(before border: RegisterValue?) -> Element {
        let last = border.flatMap { $0.advanced(by: -1) } ?? RegisterValue(bytes: key.map { _ in 0xff })
        var element = self
        element.through = last == key ? nil : last
        return element
    }
}
