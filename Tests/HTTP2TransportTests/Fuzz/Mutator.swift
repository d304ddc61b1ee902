/// A source of randomness that a seed repeats (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Makes bad conversations out of good ones.
struct Mutator {
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &random) == 0 }

    mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    /// `frames` with some dropped, doubled, swapped, changed or made up.
    mutating func frames(_ frames: [Frame]) -> [Frame] {
        var mutated = frames
        for _ in 0..<number(0..<6) {
            guard !mutated.isEmpty else { break }
            let index = number(0..<mutated.count)
            switch number(0..<8) {
            case 0: mutated.remove(at: index)
            case 1: mutated.insert(mutated[index], at: index)
            case 2: mutated.swapAt(index, number(0..<mutated.count))
            case 3: mutated[index].flags = UInt8(number(0..<256))
            case 4: mutated[index].stream = UInt32(number(0..<10))
            case 5: mutated[index].type = UInt8(number(0..<12))
            case 6: mutated[index].payload = octets(number(0..<64))
            default: mutated.insert(madeUp(), at: index)
            }
        }
        return mutated
    }

    private mutating func madeUp() -> Frame {
        Frame(
            type: UInt8(number(0..<12)),
            flags: UInt8(number(0..<256)),
            stream: UInt32(number(0..<10)),
            payload: octets(number(0..<64))
        )
    }

    private mutating func octets(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(number(0..<256)) } }

    /// `octets` with some bits turned, cut off or put in between.
    mutating func octets(_ octets: [UInt8]) -> [UInt8] {
        var mutated = octets
        for _ in 0..<number(0..<4) {
            guard !mutated.isEmpty else { break }
            let index = number(0..<mutated.count)
            switch number(0..<4) {
            case 0: mutated[index] ^= 1 << UInt8(number(0..<8))
            case 1: mutated[index] = UInt8(number(0..<256))
            case 2: mutated.insert(contentsOf: self.octets(number(0..<20)), at: index)
            default: mutated.removeSubrange(index...)
            }
        }
        return mutated
    }

    /// `octets` in pieces of any size.
    mutating func pieces(_ octets: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = octets[...]
        while !rest.isEmpty {
            let size = number(1..<(chance(2) ? 20 : 2000))
            pieces.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return pieces
    }
}
