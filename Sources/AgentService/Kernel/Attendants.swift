internal import Logging

/// Who does for the routers of a node what is not part of their state in the kernel, each on a thread of its own.
struct Attendants: Sendable {
    let announcer: Announcer
    let advertiser: Advertiser
    let aftermath: Aftermath

    init(logger: Logger) {
        announcer = Announcer(logger: logger)
        advertiser = Advertiser(logger: logger)
        aftermath = Aftermath(logger: logger)
    }

    /// Their threads.
    var services: [ThreadService] { [announcer.service, advertiser.service, aftermath.service] }
}
