internal import Addressing
internal import ResourceModel

/// Has NetworkService hold addresses and references for floating IPs.
///
/// Every method is idempotent by the ids it is given: a repeated call answers what the first one did. Refusals are
/// thrown as `RemoteError`s; each call has a deadline, and after one that ran out the other side may or may not have
/// acted.
protocol PortDirectory: Sendable {
    /// The port as the context sees it; refused with `portNotFound` when it does not.
    func port(_ id: PortID, as context: RequestContext) async throws -> Port
    /// The details of those of the ports that exist, whoever asks, in one call for each thousand.
    func details(_ ids: Set<PortID>) async throws -> [PortID: PortDetails]
    /// Makes the port that holds a floating IP's address, and records that the floating IP leans on the target's; both
    /// or nothing, in one call. Refused as `addReference` is.
    func hold(_ reservation: AddressReservation, leaningOn target: FloatingIP.Target?) async throws -> HeldAddress
    /// Records that a holder leans on a port's address, and gives the port as it is then; refused with `portNotFound`
    /// and `badRequest` when it does not have the address.
    func addReference(of holder: Holder, to port: PortID, at address: IPAddress) async throws -> Port
    /// Drops the records that the holder leans on the ports, and deletes the port that was made for it, if one is
    /// named, in one call. What is gone already is no failure.
    func drop(_ holder: Holder, references: [PortID], releasing port: PortID?) async throws
}

/// What is held of an address.
struct HeldAddress: Hashable, Sendable {
    /// The port that has the address.
    let port: Port
    /// The port of the target as it was when the reference to it was recorded; nil without a target.
    let targetPort: Port?
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
    /// The floating IP's project.
    var projectID = ""
}
