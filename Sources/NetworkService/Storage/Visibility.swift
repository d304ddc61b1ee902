internal import Postgres
internal import ResourceModel

/// What a caller can see, as conditions on rows.
struct Visibility: Sendable {
    let caller: RequestContext

    /// Networks (`n`): the project's own, those shared with all or external to all, and those that a policy names.
    var ofNetworks: SQL {
        if caller.isAdmin { return "TRUE" }
        return "(\(isOwn("n")) OR n.shared OR n.external_to_all OR \(isNamed("n.id", .network)))"
    }

    /// Subnets (`s`) joined with their networks (`n`): the project's own, and those of networks that it can see.
    var ofSubnets: SQL {
        if caller.isAdmin { return "TRUE" }
        return "(\(isOwn("s")) OR \(ofNetworks))"
    }

    /// Ports (`p`) joined with their networks (`n`): the project's own, and those on its networks that a project owns.
    var ofPorts: SQL {
        if caller.isAdmin { return "TRUE" }
        return "(\(isOwn("p")) OR (p.project_id <> '' AND \(isOwn("n"))))"
    }

    /// Address scopes (`a`): the project's own and shared ones.
    var ofAddressScopes: SQL {
        if caller.isAdmin { return "TRUE" }
        return "(\(isOwn("a")) OR \(isSharedAddressScope))"
    }

    /// Subnet pools (`o`): the project's own and shared ones.
    var ofSubnetPools: SQL {
        if caller.isAdmin { return "TRUE" }
        return "(\(isOwn("o")) OR \(isSharedSubnetPool))"
    }

    /// RBAC policies (`b`): the project's own.
    var ofRBACPolicies: SQL {
        if caller.isAdmin { return "TRUE" }
        return isOwn("b")
    }

    /// Security groups (`g`): the project's own and shared ones.
    var ofSecurityGroups: SQL {
        if caller.isAdmin { return "TRUE" }
        return "(\(isOwn("g")) OR \(isSharedSecurityGroup))"
    }

    /// Rules (`r`) joined with their groups (`g`): the project's own, and those of groups that it can see.
    var ofSecurityGroupRules: SQL {
        if caller.isAdmin { return "TRUE" }
        return "(\(isOwn("r")) OR \(ofSecurityGroups))"
    }

    /// Whether a network (`n`) of another project is shared with the caller's in particular.
    var isSharedWithProject: SQL {
        // Who looks at its own network, as for most ports, needs no policy.
        "(NOT \(isOwn("n")) AND \(isNamed("n.id", .network, .shared)))"
    }

    /// Whether a network (`n`) is shared with the caller's project or with all.
    var isSharedNetwork: SQL { "(n.shared OR \(isNamed("n.id", .network, .shared)))" }
    var isSharedAddressScope: SQL { "(a.shared OR \(isNamed("a.id", .addressScope)))" }
    var isSharedSubnetPool: SQL { "(o.shared OR \(isNamed("o.id", .subnetPool)))" }
    var isSharedSecurityGroup: SQL { "(g.shared OR \(isNamed("g.id", .securityGroup)))" }

    private func isOwn(_ table: String) -> SQL {
        if caller.projectID.isEmpty { return "FALSE" }
        return "\(unescaped: table).project_id = \(caller.projectID)"
    }

    /// Whether a policy names the caller's project for an object.
    ///
    /// The objects are looked up once for a whole list, and not at all when what stands before decides.
    private func isNamed(_ id: String, _ kind: SharedObject.Kind, _ action: RBACPolicy.Action? = nil) -> SQL {
        if caller.projectID.isEmpty { return "FALSE" }
        var sql: SQL = """
            \(unescaped: id) IN (
                SELECT x.object_id FROM rbac_policies x
                WHERE x.target_project = \(caller.projectID) AND x.object_type = \(kind.rawValue)
            """
        if let action { sql += " AND x.action = \(action.rawValue)" }
        return sql + ")"
    }
}
