public import ResourceModel
public import SwiftProtobuf

extension Timestamp {
    /// The moment of a message, to the microsecond.
    public init(wire: Google_Protobuf_Timestamp) {
        self.init(seconds: wire.seconds, nanoseconds: wire.nanos)
    }

    /// The moment as messages carry it.
    public var wire: Google_Protobuf_Timestamp {
        .with {
            $0.seconds = seconds
            $0.nanos = nanoseconds
        }
    }
}
