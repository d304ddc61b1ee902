import Testing

@testable import AgentService

@Suite struct RoomTests {
    @Test func `the room of thousands that are gone is given back`() {
        var numbers = Dictionary(uniqueKeysWithValues: (0..<5000).map { ($0, $0) })
        for number in 1..<5000 { numbers[number] = nil }
        numbers.releaseRoomIfEmpty()
        #expect(numbers == [0: 0])
        numbers[0] = nil
        #expect(numbers.capacity >= 5000)
        numbers.releaseRoomIfEmpty()
        #expect(numbers.capacity < 100)
    }

    @Test func `the room of a few that are gone is kept for the next`() {
        var numbers = [1: 1, 2: 2]
        let room = numbers.capacity
        numbers.removeAll(keepingCapacity: true)
        numbers.releaseRoomIfEmpty()
        #expect(numbers.capacity == room)
    }
}
