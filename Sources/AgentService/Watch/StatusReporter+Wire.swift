internal import Contracts
internal import GRPCCore
internal import Logging
internal import SwiftProtobuf

extension StatusReporter {
    /// A reporter to the owner of routers.
    static func ofRouters<Transport: ClientTransport>(
        client: GRPCClient<Transport>,
        record: NodeRecord,
        logger: Logger
    ) -> StatusReporter {
        let agents = L3_Agent_V1_NodeAgents.Client(wrapping: client)
        return StatusReporter(logger: logger) { reports in
            let request = try L3_Agent_V1_ReportRouterStatusRequest.with {
                $0.agentID = try record.requireAgentID()
                $0.routers = reports.map(\.wire)
            }
            _ = try await agents.reportRouterStatus(request)
        }
    }

    /// A reporter to the owner of floating IPs.
    static func ofAddresses<Transport: ClientTransport>(
        client: GRPCClient<Transport>,
        record: NodeRecord,
        logger: Logger
    ) -> StatusReporter {
        let addresses = L3_Agent_V1_NodeAddresses.Client(wrapping: client)
        return StatusReporter(logger: logger) { reports in
            let request = try L3_Agent_V1_ReportAddressStatusRequest.with {
                $0.agentID = try record.requireAgentID()
                $0.addresses = reports.map(\.wire)
            }
            _ = try await addresses.reportAddressStatus(request)
        }
    }
}
