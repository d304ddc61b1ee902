internal import ResourceModel

extension Writing {
    /// A tenant does not pass its port off as that of another project's router.
    ///
    /// - Throws: `deviceIDNotOwnedByProject`.
    func requireOwnRouter(of port: Port, by caller: RequestContext) async throws {
        guard !caller.isAdmin, DeviceOwner.routerInterfaces.contains(port.deviceOwner), !port.deviceID.isEmpty,
            let owner = try await stores.ports.ownerOfRouter(port.deviceID), owner != port.projectID
        else { return }
        throw NetworkError.deviceIDNotOwnedByProject(port.deviceID)
    }
}
