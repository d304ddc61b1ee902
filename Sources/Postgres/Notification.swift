/// What a NOTIFY carried.
public struct Notification: Hashable, Sendable {
    /// The channel's name.
    public var channel: String
    /// The text sent with it; empty when there was none.
    public var payload: String
}
