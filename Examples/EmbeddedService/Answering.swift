import Foundation
import Millrace

// The tasks of a request. Nothing of it is kept, so that not even keys are made.

/// The terms that are asked for, each once.
///
/// - Throws: ``EmptyQuery`` if there are none.
@Task(cache: .off)
func tokenize(_ query: String) throws -> [String] {
  let terms = Set(terms(of: query)).sorted()
  guard !terms.isEmpty else { throw EmptyQuery() }
  return terms
}

/// Scores all sections by the terms that stand in them.
///
/// - Returns: A score for each section, in their order; 0 without any of the terms.
/// - SeeAlso: S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
///   doi:10.1561/1500000019.
@Task(cache: .off)
func score(
  _ terms: [String], in index: SearchIndex, context: TaskContext
) throws -> [Double] {
  let (saturation, lengthWeight) = (1.2, 0.75)
  let count = Double(index.lengths.count)
  let meanLength = index.lengths.reduce(0) { $0 + Double($1) } / max(count, 1)
  var scores = [Double](repeating: 0, count: index.lengths.count)
  for term in terms {
    try context.checkCancellation()
    guard let postings = index.postings[term] else { continue }
    let found = Double(postings.sections.count)
    let rarity = log(1 + (count - found + 0.5) / (found + 0.5))
    for (section, occurrences) in zip(postings.sections, postings.counts) {
      let length = Double(index.lengths[Int(section)]) / meanLength
      let frequency = Double(occurrences)
      scores[Int(section)] +=
        rarity * frequency * (saturation + 1)
        / (frequency + saturation * (1 - lengthWeight + lengthWeight * length))
    }
  }
  return scores
}

/// The sections of the highest scores, the highest first and equals in their order.
@Task(cache: .off)
func best(_ limit: Int, of scores: [Double], in index: SearchIndex) -> [Hit] {
  scores.indices.filter { scores[$0] > 0 }
    .sorted { (scores[$1], $0) < (scores[$0], $1) }
    .prefix(max(0, limit))
    .map { number in
      let place = index.places[number]
      return Hit(
        place: "\(place.path):\(place.line)", heading: place.heading,
        score: (scores[number] * 1000).rounded() / 1000)
    }
}

struct EmptyQuery: Error, CustomStringConvertible {
  var description: String { "the query has no word" }
}
