extension Dictionary {
    /// How much room is kept for what comes next.
    private static var keptRoom: Int { 256 }

    /// Gives back the room of many entries once all of them are gone.
    ///
    /// A dictionary never does so by itself: the thousands that wait at the agent's start would take memory for ever.
    mutating func releaseRoomIfEmpty() {
        if isEmpty, capacity > Self.keptRoom { self = [:] }
    }
}
