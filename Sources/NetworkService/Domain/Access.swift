internal import ResourceModel

// Who may do what with that which it can see. What it cannot see is not found, which the stores hold (`Visibility`).

extension RequestContext {
    /// The owner of an object that the caller makes, who may name another only as an administrator.
    ///
    /// - Throws: `notAuthorized` when the caller only reads or has no project, `badRequest` when it names another's.
    func ownerOfNew(_ named: String) throws(NetworkError) -> String {
        guard canWrite else { throw .notAuthorized("the caller's roles do not allow it to create anything") }
        try Labels.check(named, as: "project_id")
        if isAdmin { return named.isEmpty ? projectID : named }
        guard !projectID.isEmpty else { throw .notAuthorized("the caller has no project") }
        guard named.isEmpty || named == projectID else {
            throw .badRequest("only administrators create for another project than their own")
        }
        return projectID
    }

    /// - Throws: `notAuthorized` unless the caller may change what one of these projects owns.
    func requireWriting(_ what: String, ownedBy owners: String...) throws(NetworkError) {
        guard canWrite, owners.contains(where: { owns(projectID: $0) }) else {
            throw .notAuthorized("the caller may see \(what), but not change it")
        }
    }

    /// - Throws: `notAuthorized` unless the caller is one of Sluice's programs or an administrator.
    func requireService() throws(NetworkError) {
        guard isAdmin else { throw .notAuthorized("this is for Sluice's own programs") }
    }

    /// - Throws: `notAuthorized` unless the caller is an administrator.
    func requireAdmin() throws(NetworkError) {
        guard isAdmin else { throw .notAuthorized("this is for administrators") }
    }

    /// Whether the caller may choose addresses and hardware addresses on the network, as its owner may.
    func controls(_ network: Network) -> Bool { owns(projectID: network.projectID) }

    /// - Throws: `notAuthorized` unless the caller may attach ports to a network that it can see.
    func requireAttaching(to network: Network) throws(NetworkError) {
        guard owns(projectID: network.projectID) || network.isShared || network.isSharedWithProject else {
            throw .notAuthorized("ports on external network \(network.id) are not for the caller to make")
        }
    }
}
