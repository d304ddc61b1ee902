internal import SwiftProtobuf
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// `l3.network.v1.RBACPolicies`.
struct RBACPoliciesEndpoint: L3_Network_V1_RBACPolicies.SimpleServiceProtocol {
    let registry: RBACPolicyRegistry

    func getRBACPolicy(
        request: L3_Network_V1_GetRBACPolicyRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_RBACPolicy {
        try await answering {
            Wire.RBACPolicy(try await registry.policy(RBACPolicyID(wire: request.id), for: CurrentRequest.context))
        }
    }

    func listRBACPolicies(
        request: L3_Network_V1_ListRBACPoliciesRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_ListRBACPoliciesResponse {
        try await answering {
            let page = try await registry.list(ListQuery(wire: request.query), for: CurrentRequest.context)
            return .with {
                $0.rbacPolicies = page.items.map(Wire.RBACPolicy.init)
                $0.nextPageToken = page.isFull ? page.items.last?.id.description ?? "" : ""
            }
        }
    }

    func createRBACPolicy(
        request: L3_Network_V1_CreateRBACPolicyRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_RBACPolicy {
        try await answering {
            let draft = try RBACPolicy.Draft(wire: request.rbacPolicy)
            return Wire.RBACPolicy(try await registry.create(draft, by: CurrentRequest.context))
        }
    }

    func updateRBACPolicy(
        request: L3_Network_V1_UpdateRBACPolicyRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_RBACPolicy {
        try await answering {
            var mask = UpdateMask(request.updateMask)
            let target = try mask.take("target_project", RBACPolicy.Target(request.rbacPolicy.targetProject))
            try mask.finish()
            return Wire.RBACPolicy(
                try await registry.update(
                    RBACPolicyID(wire: request.rbacPolicy.id),
                    target: target,
                    by: CurrentRequest.context
                )
            )
        }
    }

    func deleteRBACPolicy(
        request: L3_Network_V1_DeleteRBACPolicyRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_DeleteRBACPolicyResponse {
        try await answering {
            try await registry.delete(RBACPolicyID(wire: request.id), by: CurrentRequest.context)
            return .init()
        }
    }
}

extension Wire.RBACPolicy {
    init(_ policy: RBACPolicy) {
        self.init()
        id = policy.id.description
        projectID = policy.projectID
        objectType = policy.object.kind.rawValue
        objectID = policy.object.idText
        action = policy.action.rawValue
        targetProject = policy.target.text
    }
}

extension RBACPolicy.Draft {
    init(wire: Wire.RBACPolicy) throws(NetworkError) {
        guard let kind = SharedObject.Kind(rawValue: wire.objectType) else {
            throw .invalidInput("there are no policies on objects of type \"\(wire.objectType)\"")
        }
        guard let action = RBACPolicy.Action(rawValue: wire.action) else {
            throw .invalidActionForType(wire.action, wire.objectType)
        }
        self.init(
            id: try RBACPolicyID.chosen(wire.id),
            projectID: wire.projectID,
            object: try SharedObject(kind, idText: wire.objectID),
            action: action,
            target: RBACPolicy.Target(wire.targetProject)
        )
    }
}
