internal import SwiftProtobuf
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// `l3.network.v1.SecurityGroups`.
struct SecurityGroupsEndpoint: L3_Network_V1_SecurityGroups.SimpleServiceProtocol {
    let registry: SecurityGroupRegistry
    let rules: SecurityGroupRuleRegistry

    func getSecurityGroup(
        request: L3_Network_V1_GetSecurityGroupRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_SecurityGroup {
        try await answering {
            Wire.SecurityGroup(
                try await registry.group(SecurityGroupID(wire: request.id), for: CurrentRequest.context)
            )
        }
    }

    func listSecurityGroups(
        request: L3_Network_V1_ListSecurityGroupsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_ListSecurityGroupsResponse {
        try await answering {
            let page = try await registry.list(ListQuery(wire: request.query), for: CurrentRequest.context)
            return .with {
                $0.securityGroups = page.items.map(Wire.SecurityGroup.init)
                $0.nextPageToken = page.isFull ? page.items.last?.id.description ?? "" : ""
            }
        }
    }

    func createSecurityGroup(
        request: L3_Network_V1_CreateSecurityGroupRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_SecurityGroup {
        try await make([request.securityGroup])[0]
    }

    func batchCreateSecurityGroups(
        request: L3_Network_V1_BatchCreateSecurityGroupsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_BatchCreateSecurityGroupsResponse {
        let made = try await make(request.securityGroups)
        return .with { $0.securityGroups = made }
    }

    private func make(_ wanted: [Wire.SecurityGroup]) async throws -> [Wire.SecurityGroup] {
        try await answering {
            let drafts = try wanted.map(SecurityGroup.Draft.init(wire:))
            return try await registry.create(drafts, by: CurrentRequest.context).map(Wire.SecurityGroup.init)
        }
    }

    func updateSecurityGroup(
        request: L3_Network_V1_UpdateSecurityGroupRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_SecurityGroup {
        try await answering {
            Wire.SecurityGroup(
                try await registry.update(
                    SecurityGroupID(wire: request.securityGroup.id),
                    SecurityGroup.Change(wire: request),
                    expecting: request.expectedRevisionNumber.expectedRevision,
                    by: CurrentRequest.context
                )
            )
        }
    }

    func deleteSecurityGroup(
        request: L3_Network_V1_DeleteSecurityGroupRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_DeleteSecurityGroupResponse {
        try await answering {
            try await registry.delete(
                SecurityGroupID(wire: request.id),
                expecting: request.expectedRevisionNumber.expectedRevision,
                by: CurrentRequest.context
            )
            return .init()
        }
    }
}

extension SecurityGroupsEndpoint {
    func getSecurityGroupRule(
        request: L3_Network_V1_GetSecurityGroupRuleRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_SecurityGroupRule {
        try await answering {
            Wire.SecurityGroupRule(
                try await rules.rule(SecurityGroupRuleID(wire: request.id), for: CurrentRequest.context)
            )
        }
    }

    func listSecurityGroupRules(
        request: L3_Network_V1_ListSecurityGroupRulesRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_ListSecurityGroupRulesResponse {
        try await answering {
            let page = try await rules.list(ListQuery(wire: request.query), for: CurrentRequest.context)
            return .with {
                $0.securityGroupRules = page.items.map(Wire.SecurityGroupRule.init)
                $0.nextPageToken = page.isFull ? page.items.last?.id.description ?? "" : ""
            }
        }
    }

    func createSecurityGroupRule(
        request: L3_Network_V1_CreateSecurityGroupRuleRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_SecurityGroupRule {
        try await make([request.securityGroupRule])[0]
    }

    func batchCreateSecurityGroupRules(
        request: L3_Network_V1_BatchCreateSecurityGroupRulesRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_BatchCreateSecurityGroupRulesResponse {
        let made = try await make(request.securityGroupRules)
        return .with { $0.securityGroupRules = made }
    }

    private func make(_ wanted: [Wire.SecurityGroupRule]) async throws -> [Wire.SecurityGroupRule] {
        try await answering {
            let drafts = try wanted.map(SecurityGroupRule.Draft.init(wire:))
            return try await rules.create(drafts, by: CurrentRequest.context).map(Wire.SecurityGroupRule.init)
        }
    }

    func deleteSecurityGroupRule(
        request: L3_Network_V1_DeleteSecurityGroupRuleRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_DeleteSecurityGroupRuleResponse {
        try await answering {
            try await rules.delete(SecurityGroupRuleID(wire: request.id), by: CurrentRequest.context)
            return .init()
        }
    }
}
