import Millrace

/// Measures Millrace on one workload and prints a line of JSON; see `docs/benchmarks.md`.
///
/// It uses what `import Millrace` gives to everybody, and no shortcut.
@main
struct Benchmarks {
  static func main() async {
    do {
      let arguments = try Arguments(CommandLine.arguments.dropFirst())
      print(try await report(arguments).line)
    } catch {
      exit(for: error)
    }
  }

  static func report(_ arguments: Arguments) async throws -> Report {
    let count = arguments.count
    let isKeyed = arguments.isKeyed
    return switch arguments.workload {
    case "W1": try await measure(Chain(length: count, isKeyed: isKeyed), arguments)
    case "W2": try await measure(Fan(width: count, isKeyed: isKeyed), arguments)
    case "W3": try await measure(try Layers(nodes: count, isKeyed: isKeyed), arguments)
    case "W4":
      try await measure(Grains(count: count, isAsync: arguments.isAsync), arguments)
    case "W5": try await measure(Records(count: count, mode: arguments.mode), arguments)
    case "W6": try await measure(Blobs(steps: count, mode: arguments.mode), arguments)
    case "W6H": try measureBlobsByHand(arguments)
    case "W7": try await measure(Words(files: try arguments.textFiles()), arguments)
    case "W7H": try measureWordsByHand(arguments)
    case "W8": try await measure(Elements(count: count, isListed: arguments.isListed), arguments)
    case "W9": try await measure(try Soak(nodes: count), arguments)
    case "W10": try measureOpening(arguments)
    case "W11": try measureTaskCompiling(arguments)
    case "W12": try measureBodyCompiling(arguments)
    case "verify": try measureVerification(arguments)
    default: throw Arguments.Problem.unknownWorkload(arguments.workload)
    }
  }
}
