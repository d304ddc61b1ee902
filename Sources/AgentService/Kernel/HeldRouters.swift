internal import Netlink
internal import ResourceModel
internal import Synchronization

/// The namespaces of this node's routers that the agent holds, and the finding, making and letting go of them.
final class HeldRouters: Sendable {
    private let host: NodeHost
    /// The mark of this node on its routers' namespaces.
    private let nodeNote: String
    private let aftermath: Aftermath
    private let held = Mutex<[RouterID: RouterNamespace]>([:])
    /// Since when there are namespaces of which it is not clear whose they are.
    private let unclear = Mutex<[NetworkNamespace.Identity: ContinuousClock.Instant]>([:])

    init(host: NodeHost, nodeNote: String, aftermath: Aftermath) {
        self.host = host
        self.nodeNote = nodeNote
        self.aftermath = aftermath
    }

    /// All that are held.
    var all: [RouterID: RouterNamespace] { held.withLock { $0 } }

    /// A router's namespace as it is held, whatever became of it; nil when none is.
    subscript(id: RouterID) -> RouterNamespace? { held.withLock { $0[id] } }

    /// The router's namespace as it is now; nil when there is none.
    func find(_ id: RouterID) throws(AgentError) -> RouterNamespace? {
        let known = self[id]
        do throws(NetlinkError) {
            let namespace = try NetworkNamespace.open(named: KernelNames.namespace(of: id))
            if let known, try namespace.identity() == known.identity { return known }
            // Another namespace bears the name, as after someone deleted ours and made one.
            release(id)
            return hold(try RouterNamespace.open(name: KernelNames.namespace(of: id), namespace), id)
        } catch  where error.number == .notFound || error.number == .invalid {
            release(id)
            return nil
        } catch {
            throw .kernel(error)
        }
    }

    /// As `find`; but a namespace that is held and has lost its name gets it back, and with it its traffic goes on.
    func findOrRename(_ id: RouterID) throws(AgentError) -> (RouterNamespace?, isRenamed: Bool) {
        let known = self[id]
        if let found = try find(id) { return (found, false) }
        guard let known else { return (nil, false) }
        do throws(NetlinkError) {
            try known.namespace.attach(name: known.name)
            return (hold(known, id), true)
        } catch {
            // Something took the name in the meantime: the router is built anew.
            return (nil, false)
        }
    }

    /// Makes a router's namespace with these parameters.
    func create(
        _ id: RouterID,
        _ parameters: [NamespaceParameter: String]
    ) throws(AgentError) -> RouterNamespace {
        do throws(NetlinkError) {
            let name = KernelNames.namespace(of: id)
            return hold(try RouterNamespace.create(name: name, on: host.namespace, parameters), id)
        } catch {
            throw .kernel(error)
        }
    }

    private func hold(_ router: RouterNamespace, _ id: RouterID) -> RouterNamespace {
        held.withLock { $0[id] = router }
        return router
    }

    /// Holds a router no more.
    func release(_ id: RouterID) {
        if let router = held.withLock({ $0.removeValue(forKey: id) }) { aftermath.release(router) }
    }

    /// The names of all namespaces of the machine.
    func names() throws(AgentError) -> Set<String> {
        try withKernel { () throws(NetlinkError) in Set(try NetworkNamespace.names()) }
    }

    /// Whether a namespace may be removed; nil: that is to be seen later.
    func isRemovable(_ router: RouterNamespace, _ links: RouterLinks) -> Bool? {
        switch links.ownership(by: nodeNote) {
        case .own: return true
        case .foreign: return false
        case .unclear:
            let now = ContinuousClock.now
            let seen = unclear.withLock { unclear in
                unclear = unclear.filter { now - $0.value < Self.patience * 4 }
                if let seen = unclear[router.identity] { return seen }
                unclear[router.identity] = now
                return now
            }
            return now - seen > Self.patience ? true : nil
        }
    }

    /// How long someone may take to make a namespace known as his.
    private static var patience: Duration { .seconds(5) }
}
