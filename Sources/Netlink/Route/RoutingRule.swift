internal import CLinux
internal import Glibc

/// A rule that sends packets of IPv4 with a mark to a table for their routes; where that has none, later rules are
/// asked.
public struct RoutingRule: Hashable, Sendable {
    /// When it is asked, the smallest first; the kernel's own have 0, 32766 and 32767.
    public var priority: UInt32
    /// The mark.
    public var mark: UInt32
    /// The table.
    public var table: Route.Table
    /// Whether the table's default routes are passed over.
    public var skipsDefaultRoutes: Bool
    /// Who made it.
    public var origin: Route.Origin

    /// A rule, marked as ours.
    public init(
        priority: UInt32,
        mark: UInt32,
        table: Route.Table,
        skipsDefaultRoutes: Bool = false,
        origin: Route.Origin = .sluice
    ) {
        self.priority = priority
        self.mark = mark
        self.table = table
        self.skipsDefaultRoutes = skipsDefaultRoutes
        self.origin = origin
    }
}

extension RoutingRule {
    /// Reads the body of an `RTM_NEWRULE` or `RTM_DELRULE`; nil for a rule that does not go by a mark.
    ///
    /// Source: linux/fib_rules.h.
    init?(message body: RawSpan) throws(NetlinkError) {
        let fixed = try body.fixedPart(fib_rule_hdr.self)
        var rule = RoutingRule(priority: 0, mark: 0, table: .init(rawValue: UInt32(fixed.table)), origin: .kernel)
        let attributes = body.extracting(MemoryLayout<fib_rule_hdr>.size..<body.byteCount)
        try forEachAttribute(in: attributes) { (type, value) in
            switch type {
            case Int(FRA_PRIORITY): rule.priority = value.integer() ?? 0
            case Int(FRA_FWMARK): rule.mark = value.integer() ?? 0
            case Int(FRA_TABLE): rule.table = .init(rawValue: value.integer() ?? rule.table.rawValue)
            case Int(FRA_SUPPRESS_PREFIXLEN): rule.skipsDefaultRoutes = value.integer(as: UInt32.self) == 0
            case Int(FRA_PROTOCOL): rule.origin = .init(rawValue: value.integer() ?? 0)
            default: break
            }
        }
        guard Int32(fixed.family) == AF_INET, Int(fixed.action) == Int(FR_ACT_TO_TBL), rule.mark != 0 else {
            return nil
        }
        self = rule
    }

    func writeAddition(to writer: inout MessageWriter) {
        write(to: &writer, type: Int(RTM_NEWRULE), flags: NLM_F_CREATE | NLM_F_EXCL)
    }

    func writeDeletion(to writer: inout MessageWriter) { write(to: &writer, type: Int(RTM_DELRULE), flags: 0) }

    private func write(to writer: inout MessageWriter, type: Int, flags: Int32) {
        var fixed = fib_rule_hdr()
        fixed.family = UInt8(AF_INET)
        fixed.action = UInt8(FR_ACT_TO_TBL)
        writer.message(type: type, flags: flags, fixedPart: fixed) { writer in
            writer.put(FRA_PRIORITY, priority)
            writer.put(FRA_FWMARK, mark)
            writer.put(FRA_TABLE, table.rawValue)
            if skipsDefaultRoutes { writer.put(FRA_SUPPRESS_PREFIXLEN, UInt32(0)) }
            writer.put(FRA_PROTOCOL, origin.rawValue)
        }
    }
}

extension RouteSocket {
    /// Lists the rules of one origin that go by a mark.
    ///
    /// - Throws: As ``links()``.
    public mutating func rules(from origin: Route.Origin) throws(NetlinkError) -> [RoutingRule] {
        var fixed = fib_rule_hdr()
        fixed.family = UInt8(AF_INET)
        return try socket.list(
            "list routing rules",
            type: RTM_GETRULE,
            fixedPart: fixed,
            parse: { (_, body, items) throws(NetlinkError) in
                guard let rule = try RoutingRule(message: body), rule.origin == origin else { return }
                items.append(rule)
            }
        )
    }
}
