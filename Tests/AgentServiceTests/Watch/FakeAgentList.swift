import Contracts
import GRPCCore
import SwiftProtobuf

/// RouterService's list of agents as far as an agent's program asks for it: one node is known.
struct AgentList: RegistrableRPCService {
    static let knownNode = "scratch"

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        router.registerHandler(
            forMethod: L3_Agent_V1_Agents.Method.ListAgents.descriptor,
            deserializer: ProtobufForm<L3_Agent_V1_ListAgentsRequest>(),
            serializer: ProtobufForm<L3_Agent_V1_ListAgentsResponse>()
        ) { request, _ in
            let query = try await ServerRequest(stream: request).message.query
            let isAskedFor = query.filters.contains { $0.field == "host" && $0.values == [Self.knownNode] }
            let response = L3_Agent_V1_ListAgentsResponse.with { answer in
                guard isAskedFor else { return }
                answer.agents = [
                    .with {
                        $0.id = "agent-1"
                        $0.host = Self.knownNode
                    }
                ]
            }
            return StreamingServerResponse(single: ServerResponse(message: response))
        }
    }
}

/// Messages as their protobuf bytes.
private struct ProtobufForm<Message: SwiftProtobuf.Message & Sendable>: MessageSerializer, MessageDeserializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: Message) throws -> Bytes {
        Bytes(try message.serializedBytes() as [UInt8])
    }

    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> Message {
        try bytes.withUnsafeBytes { try Message(serializedBytes: Array($0)) }
    }
}
