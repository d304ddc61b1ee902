internal import Addressing
internal import ResourceModel

/// How full a network is.
struct NetworkIPAvailability: Hashable, Sendable {
    var networkID: NetworkID
    var networkName: String
    var projectID: String
    /// Oldest first.
    var subnets: [OfSubnet]

    /// How full a subnet is.
    struct OfSubnet: Hashable, Sendable {
        var subnetID: SubnetID
        var name: String
        var prefix: CIDR
        var pools: [AddressRange]
        /// Addresses that ports have, in pools or not.
        var used: UInt64
        /// Those of them that are in pools.
        var usedInPools: UInt64

        /// The addresses in its pools; as many as can be counted where there are more.
        var total: UInt128 { pools.reduce(0) { $0.addingOrMost($1.count) } }

        var details: Details {
            Details(
                total: prefix.hostRange.count,
                totalInPools: total,
                used: UInt128(used),
                usedInPools: UInt128(usedInPools)
            )
        }
    }

    /// How many addresses ports may have and have, in pools and without regard to them.
    struct Details: Hashable, Sendable {
        var total: UInt128 = 0
        var totalInPools: UInt128 = 0
        var used: UInt128 = 0
        var usedInPools: UInt128 = 0
    }

    var total: UInt128 { subnets.reduce(0) { $0.addingOrMost($1.total) } }
    var used: UInt128 { subnets.reduce(0) { $0.addingOrMost(UInt128($1.used)) } }

    var details: Details {
        subnets.map(\.details).reduce(into: Details()) { sum, one in
            sum.total = sum.total.addingOrMost(one.total)
            sum.totalInPools = sum.totalInPools.addingOrMost(one.totalInPools)
            sum.used = sum.used.addingOrMost(one.used)
            sum.usedInPools = sum.usedInPools.addingOrMost(one.usedInPools)
        }
    }
}

extension UInt128 {
    fileprivate func addingOrMost(_ other: UInt128) -> UInt128 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
