internal import ResourceModel

/// What a look at a node found: the state of each router that is wanted there, and routers that nobody wants.
struct NodeInspection: Hashable, Sendable {
    var node: String
    var routers: [RouterInspection] = []
    /// Routers of this node that are in the kernel and not wanted.
    var strays: [RouterID] = []

    /// What was found of one router, by comparing what is there with what is wanted.
    struct RouterInspection: Hashable, Sendable {
        var id: RouterID
        var findings: [Finding] = []
        /// What an agent would do about them.
        var changes: [String] = []
        /// What of it cannot be on this node.
        var problems: [String] = []
        /// Why it could not be looked at; nil as a rule.
        var failure: String?

        var isAsWanted: Bool { findings.isEmpty && changes.isEmpty && problems.isEmpty && failure == nil }
    }

    /// What a script learns from the end of the program.
    enum Verdict: Int32, Sendable {
        case asWanted = 0
        case different = 1
        case unknown = 2
    }

    /// Whether the node is as wanted.
    var verdict: Verdict {
        if routers.contains(where: { $0.failure != nil }) { return .unknown }
        return strays.isEmpty && routers.allSatisfy(\.isAsWanted) ? .asWanted : .different
    }

    /// What is different, as `verify` prints it.
    var differences: String {
        text {
            $0.findings.map(\.description)
        } stray: {
            "router \($0): nobody wants it here"
        }
    }

    /// What an agent would do, as `plan` prints it.
    var plan: String {
        text {
            $0.changes
        } stray: {
            "router \($0)\n  - remove it: nobody wants it here"
        }
    }

    private func text(_ lines: (RouterInspection) -> [String], stray: (RouterID) -> String) -> String {
        var text = ""
        for router in routers where !router.isAsWanted {
            text += "router \(router.id)\n"
            for line in lines(router) { text += "  - \(line)\n" }
            for problem in router.problems { text += "  ! cannot be as wanted: \(problem)\n" }
            if let failure = router.failure { text += "  ! cannot be told: \(failure)\n" }
        }
        for id in strays { text += stray(id) + "\n" }
        return text + summary + "\n"
    }

    private var summary: String {
        let wrong = routers.count { !$0.isAsWanted }
        let counts = "\(routers.count) \(routers.count == 1 ? "router" : "routers")"
        return switch verdict {
        case .asWanted: "node \(node): \(counts), all as wanted"
        case .different: "node \(node): \(counts), \(wrong) not as wanted, \(strays.count) that nobody wants"
        case .unknown: "node \(node): \(counts), not all of them could be looked at"
        }
    }
}

extension RouterKernel {
    /// Compares a node with what is wanted of it; writes nothing.
    func inspect(_ desired: DesiredState, node: String) throws(AgentError) -> NodeInspection {
        var inspection = NodeInspection(node: node)
        for id in desired.ids.sorted() { inspection.routers.append(inspect(desired.router(id))) }
        inspection.strays = try strays(sparing: desired.ids)
        return inspection
    }

    private func inspect(_ desired: DesiredRouter) -> NodeInspection.RouterInspection {
        var inspection = NodeInspection.RouterInspection(id: desired.id)
        do throws(AgentError) {
            let (observed, plan) = try compare(desired)
            inspection.findings = Finding.all(in: observed, against: plan)
            inspection.changes = RouterDiff(from: observed, to: plan).changes.map(\.description)
            inspection.problems = plan.map { RouterOutcome.Problems($0).words } ?? []
        } catch {
            inspection.failure = error.description
        }
        return inspection
    }
}
