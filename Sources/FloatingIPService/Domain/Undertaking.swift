internal import ResourceModel

/// A change of what other services keep for a holder, under way or still owed.
///
/// Whoever has it alone speaks to them about the holder, until the lease ends; whoever comes upon one whose lease has
/// ended takes it over and makes what they keep equal to the holder's row.
struct Undertaking: Hashable, Sendable {
    let holder: Holder
    /// The sign of the one who has the lease.
    let token: ID<Undertaking>
    /// Ports that may have a reference of the holder, and routers that lead there a binding, without its row telling.
    var portIDs: Set<PortID>
    /// Whether it was taken over from somebody who did not finish.
    var isInherited = false
}

/// What a change of a holder's row comes to for those who hold something for it.
struct Outcome<Answer: Sendable>: Sendable {
    let answer: Answer
    /// The port that the row leans on from now on.
    let kept: PortID?
    /// Whether it leaned on something before that it does not any more: a port, a way to one, or its address.
    let gaveUp: Loss
    /// What the row leans on from now on; nil is to be read.
    var footing: Footing?

    /// What was given up.
    enum Loss: Hashable, Sendable {
        case nothing
        /// What had to do with the port, if there was one.
        case all(PortID?)
    }
}
