internal import ResourceModel
internal import ServiceRuntime

extension Fault {
    /// A service's refusal as a client sees it; an unknown marker gets the word for "not found" of the resource that
    /// was asked for.
    init(_ error: RemoteError, asking resource: Resource?) {
        let type = error.reason.neutronType
        let name = error.reason == .markerNotFound ? resource?.notFound.neutronType.name : nil
        self.init(status: type.status, type: name ?? type.name, message: error.message)
        // tempest looks for these words.
        let inUse = "There are one or more ports still in use on the network"
        if error.reason == .networkInUse, !message.contains(inUse) { message += ". \(inUse)" }
    }
}
