internal import ResourceModel

/// A change of what other services keep for a floating IP, under way or still owed.
///
/// Its holder alone speaks to them about the floating IP, until the lease ends; whoever comes upon one whose lease has
/// ended takes it over and makes what they keep equal to the floating IP's rows.
struct Undertaking: Hashable, Sendable {
    let id: FloatingIPID
    /// The sign of the one who has the lease.
    let token: ID<Undertaking>
    /// What others may keep for the floating IP and its forwardings without their rows telling of it.
    var leans: Set<Lean>
    /// Whether it was taken over from somebody who did not finish.
    var isInherited = false
}

/// What a change of rows comes to for those who hold something for them.
struct Outcome<Answer: Sendable>: Sendable {
    let answer: Answer
    /// What the rows lean on from now on.
    let kept: Set<Lean>
    /// What they leaned on before and may not any more, or by another router; nil is that nothing was given up.
    let dropped: Set<Lean>?
}
