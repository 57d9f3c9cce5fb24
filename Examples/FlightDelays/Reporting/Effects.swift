import Millrace

/// What a feature does to the odds of arriving late, the others being equal.
struct Effect: Equatable {
  /// What is compared, in words.
  var words: String
  /// By what the odds are multiplied.
  var odds: Double
}

/// The strongest effects of a model, each way, the strongest first.
///
/// A quantity is moved by one standard deviation, a flag from no to yes, and a name is compared
/// with the average over its category; so that effects of unlike features stand side by side.
///
/// - Parameter count: At most how many of each way.
@Tracked
func strongestEffects(
  of model: Model, count: Int, airlines: NameTable, airports: NameTable
) -> (raising: [Effect], lowering: [Effect]) {
  var effects: [Effect] = []
  for (feature, weight) in zip(model.encoding.numeric, model.weights) {
    let description = FeatureDescription.of(feature.id)
    switch description.kind {
    case .quantity(let unit):
      let words = "\(description.name): \(short(feature.deviation)) \(unit) more"
      effects.append(Effect(words: words, odds: exponential(weight)))
    case .share:
      let words = "\(description.name): \(short(100 * feature.deviation)) percentage points more"
      effects.append(Effect(words: words, odds: exponential(weight)))
    case .flag:
      effects.append(
        Effect(words: description.name, odds: exponential(weight / feature.deviation)))
    case .category:
      break
    }
  }
  for category in model.encoding.categories {
    let weights = model.weights[category.slot...].prefix(category.counts.count)
    let total = Double(category.counts.reduce(0, +))
    let average = zip(weights, category.counts).reduce(0) { $0 + $1.0 * Double($1.1) } / total
    for (level, weight) in zip(category.levels, weights) {
      let name = levelName(level, of: category.id, airlines: airlines, airports: airports)
      effects.append(
        Effect(
          words: FeatureDescription.of(category.id).name + ": " + name,
          odds: exponential(weight - average)))
    }
  }
  let ordered = effects.sorted { ($1.odds, $0.words) < ($0.odds, $1.words) }
  return (
    raising: Array(ordered.prefix { $0.odds > 1 }.prefix(count)),
    lowering: Array(ordered.reversed().prefix { $0.odds < 1 }.prefix(count))
  )
}

@Tracked
private func levelName(
  _ level: String, of category: String, airlines: NameTable, airports: NameTable
) -> String {
  switch category {
  case "carrier": return airlines.name(of: level)
  case "origin", "destination":
    let name = airports.name(of: level)
    return name == level ? level : "\(name) (\(level))"
  case "hour": return "\(level):00 to \(level):59"
  default: return level
  }
}
