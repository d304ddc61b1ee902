internal import Addressing
internal import ResourceModel

/// Has NetworkService hold addresses and references for floating IPs.
///
/// Every method is idempotent by the ids it is given: a repeated call answers what the first one did. Refusals are thrown
/// as `RemoteError`s; each call has a deadline, and after one that ran out the other side may or may not have acted.
protocol PortDirectory: Sendable {
    /// The port as the context sees it; refused with `portNotFound` when it does not.
    func port(_ id: PortID, as context: RequestContext) async throws -> Port
    /// Those of the ports that exist, whoever asks, in one call for each thousand.
    func ports(_ ids: Set<PortID>) async throws -> [PortID: Port]
    /// Makes the port that holds a floating IP's address.
    func reserve(_ reservation: AddressReservation) async throws -> Port
    /// Deletes the port that holds a floating IP's address. Succeeds when it is gone.
    func release(_ port: PortID, for floatingIP: FloatingIPID) async throws
    /// Records that a holder leans on a port's address, and gives the port as it is then; refused with `portNotFound`
    /// and `badRequest` when it does not have the address.
    func addReference(of holder: Holder, to port: PortID, at address: IPAddress) async throws -> Port
    /// Drops the record. Succeeds when there is none.
    func removeReference(of holder: Holder, to port: PortID) async throws
}

extension PortDirectory {
    /// Records that a holder leans on a fixed IPv4 address.
    func addReference(of holder: Holder, to target: FloatingIP.Target) async throws -> Port {
        try await addReference(of: holder, to: target.portID, at: .v4(target.address))
    }
}

/// An address of an external network to be held.
struct AddressReservation: Hashable, Sendable {
    let floatingIPID: FloatingIPID
    let networkID: NetworkID
    /// Nil takes any.
    var address: IPv4Address?
    /// Nil takes any.
    var subnetID: SubnetID?
}
