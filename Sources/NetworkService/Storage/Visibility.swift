internal import Postgres
internal import ResourceModel

/// What a caller can see, as conditions on rows.
struct Visibility: Sendable {
    let caller: RequestContext

    /// Networks (`n`): the project's own, shared ones, external ones.
    var ofNetworks: SQL {
        if caller.isAdmin { return "TRUE" }
        return "(n.shared OR n.router_external OR \(isOwn("n")))"
    }

    /// Subnets (`s`) joined with their networks (`n`): the project's own, and those of networks that it can see.
    var ofSubnets: SQL {
        if caller.isAdmin { return "TRUE" }
        return "(\(isOwn("s")) OR n.shared OR n.router_external OR \(isOwn("n")))"
    }

    /// Ports (`p`) joined with their networks (`n`): the project's own, and those on its networks that a project owns.
    var ofPorts: SQL {
        if caller.isAdmin { return "TRUE" }
        return "(\(isOwn("p")) OR (p.project_id <> '' AND \(isOwn("n"))))"
    }

    private func isOwn(_ table: String) -> SQL {
        if caller.projectID.isEmpty { return "FALSE" }
        return "\(unescaped: table).project_id = \(caller.projectID)"
    }
}
