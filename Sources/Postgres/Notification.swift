/// What a NOTIFY carried.
public struct Notification: Hashable, Sendable {
    /// The channel's name.
    public var channel: String
    /// The text sent with it; empty when there was none.
    public var payload: String

    /// A notification on a channel.
    public init(channel: String, payload: String = "") {
        self.channel = channel
        self.payload = payload
    }
}
