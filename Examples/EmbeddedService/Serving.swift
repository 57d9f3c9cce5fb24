import Foundation
import Millrace

extension SearchService {
  /// Answers lines with lines, several at a time and each as soon as it is known, until there are no more.
  ///
  /// - Parameters:
  ///   - lines: Texts or requests in JSON; empty ones are skipped.
  ///   - width: How many are answered at once. While so many are, no further line is taken.
  ///   - write: Called with each answer, an object in JSON without line breaks, one after the other.
  public func serve(
    _ lines: some AsyncSequence<String, Never> & Sendable, width: Int = 8,
    write: @escaping @Sendable (String) -> Void
  ) async {
    await withTaskGroup(of: Void.self) { group in
      var (number, open) = (0, 0)
      for await line in lines {
        number += 1
        guard !line.allSatisfy(\.isWhitespace) else { continue }
        guard let answer = answering(Message(line: line, number: number)) else { continue }
        if open == width {
          await group.next()
          open -= 1
        }
        group.addTask { await self.respond(with: answer, write: write) }
        open += 1
      }
    }
  }

  /// What answers a message; nil if nothing does.
  private func answering(_ message: Message) -> (@Sendable () async -> Answer)? {
    switch message {
    case .request(let request):
      return { await self.answer(request) }
    case .reload(let id):
      return { await self.answerReload(id) }
    case .cancel(let id):
      cancel(id)
      return nil
    case .nonsense(let id):
      let forms = #"a text, {"query": text}, {"cancel": id} or {"reload": true}"#
      return { Answer(id: id, error: "not understood; write \(forms)") }
    }
  }

  private func answerReload(_ id: String) async -> Answer {
    do {
      return Answer(id: id, reloaded: try await reload().executed)
    } catch {
      return Answer(id: id, error: "\(error)")
    }
  }

  private func respond(
    with answer: @Sendable () async -> Answer, write: (String) -> Void
  ) async {
    let answer = await answer()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Texts and finite numbers are always encodable.
    if let bytes = try? encoder.encode(answer) { write(String(decoding: bytes, as: UTF8.self)) }
  }
}
