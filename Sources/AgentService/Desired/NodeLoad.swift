/// How much the node carries, as its heartbeats tell.
struct NodeLoad: Hashable, Sendable {
    var routers = 0
    var gateways = 0
    var interfaces = 0
    var floatingAddresses = 0

    static func += (total: inout NodeLoad, part: NodeLoad) {
        total.routers += part.routers
        total.gateways += part.gateways
        total.interfaces += part.interfaces
        total.floatingAddresses += part.floatingAddresses
    }

    static func -= (total: inout NodeLoad, part: NodeLoad) {
        total.routers -= part.routers
        total.gateways -= part.gateways
        total.interfaces -= part.interfaces
        total.floatingAddresses -= part.floatingAddresses
    }
}
