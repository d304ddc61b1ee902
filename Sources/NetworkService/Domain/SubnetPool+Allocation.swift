internal import Addressing
internal import ResourceModel

/// A block that a subnet wants of a pool.
struct BlockWish: Hashable, Sendable {
    /// This one; nil is any.
    var prefix: CIDR?
    /// Of this length; nil is the pool's standard.
    var length: Int?
}

extension SubnetPool {
    /// The block that a wish comes to: the one that was named, or the first free one.
    ///
    /// - Parameters:
    ///   - wish: What is wanted.
    ///   - taken: The blocks that subnets have of the pool.
    ///   - used: How many units the owner of the subnet has of the pool.
    /// - Returns: The block.
    /// - Throws: `minPrefixSubnetAllocation`, `maxPrefixSubnetAllocation`, `subnetPoolQuotaExceeded`,
    ///   `subnetAllocationFailure`.
    func block(for wish: BlockWish, taken: [CIDR], used: Int64) throws(NetworkError) -> CIDR {
        let length = wish.prefix?.prefixLength ?? wish.length ?? lengths.standard
        guard length >= lengths.shortest else { throw .minPrefixSubnetAllocation(length, shortest: lengths.shortest) }
        guard length <= lengths.longest else { throw .maxPrefixSubnetAllocation(length, longest: lengths.longest) }
        if let quota {
            let (sum, overflow) = used.addingReportingOverflow(SubnetPool.units(ofLength: length, version))
            guard !overflow, sum <= quota else { throw .subnetPoolQuotaExceeded(id) }
        }
        if let wanted = wish.prefix?.network {
            guard prefixes.contains(where: { $0.contains(wanted) }), !taken.contains(where: { $0.overlaps(wanted) })
            else {
                throw .subnetAllocationFailure("\(wanted) is not free in the prefixes of subnet pool \(id)")
            }
            return wanted
        }
        guard let free = firstFree(ofLength: length, besides: taken) else {
            throw .subnetAllocationFailure("subnet pool \(id) has no room for a prefix of length \(length)")
        }
        return free
    }

    /// What a block counts for a project's quota: addresses in IPv4, blocks of /64 in IPv6, at least one.
    static func units(ofLength length: Int, _ version: IPVersion) -> Int64 {
        let unit = version == .v4 ? 32 : 64
        let bits = max(0, unit - length)
        return bits >= 63 ? .max : 1 << Int64(bits)
    }

    private func firstFree(ofLength length: Int, besides taken: [CIDR]) -> CIDR? {
        let taken = taken.sorted()
        for prefix in prefixes where prefix.prefixLength <= length {
            var candidate = CIDR(address: prefix.first, prefixLength: length)
            for used in taken where used.overlaps(prefix) {
                guard let next = candidate, next.last >= used.first else { break }
                if used.last >= next.first { candidate = next.behind(used.last) }
            }
            if let candidate, prefix.contains(candidate) { return candidate }
        }
        return nil
    }
}

extension CIDR {
    /// The first block of this length that begins behind an address; nil at the end of all addresses.
    fileprivate func behind(_ address: IPAddress) -> CIDR? {
        guard let next = address.advanced(by: 1), let block = CIDR(address: next, prefixLength: prefixLength) else {
            return nil
        }
        if !block.hasHostBits { return block }
        return block.last.advanced(by: 1).flatMap { CIDR(address: $0, prefixLength: prefixLength) }
    }
}

extension [CIDR] {
    /// The same addresses in as few blocks as can be, ascending.
    var merged: [CIDR] {
        var blocks: [CIDR] = []
        for next in map(\.network).sorted() {
            if let last = blocks.last, last.contains(next) { continue }
            blocks.append(next)
            while blocks.count > 1, let joined = blocks[blocks.count - 2].joined(with: blocks[blocks.count - 1]) {
                blocks.removeLast(2)
                blocks.append(joined)
            }
        }
        return blocks
    }

    /// The addresses that are not in the others, in as few blocks as can be, ascending.
    func subtracting(_ others: [CIDR]) -> [CIDR] {
        var ranges = map { AddressRange($0) }
        for other in others { ranges = ranges.flatMap { $0.subtracting(AddressRange(other)) } }
        return ranges.flatMap(\.blocks).merged
    }
}

extension CIDR {
    /// The block that this and the next one are the halves of.
    fileprivate func joined(with other: CIDR) -> CIDR? {
        guard prefixLength == other.prefixLength, prefixLength > 0,
            let parent = CIDR(address: address, prefixLength: prefixLength - 1)?.network,
            parent.first == first, parent.last == other.last
        else { return nil }
        return parent
    }
}

extension AddressRange {
    /// The fewest blocks that hold exactly these addresses, ascending.
    fileprivate var blocks: [CIDR] {
        var blocks: [CIDR] = []
        var rest: AddressRange? = self
        while let range = rest {
            var block = CIDR(host: range.first)
            while let wider = CIDR(address: range.first, prefixLength: block.prefixLength - 1), !wider.hasHostBits,
                wider.last <= range.last
            { block = wider }
            blocks.append(block)
            rest = block.last.advanced(by: 1).flatMap { AddressRange(first: $0, last: range.last) }
        }
        return blocks
    }
}
