import MillraceGraph
public import MillraceStore

extension ArtifactStore {
  /// What each name stands for that matches a glob, sorted by name; `flight-delays/train*`.
  public func names(matching glob: String) -> [NameBinding] {
    let pattern = Glob(glob)
    return names().filter { pattern.matches($0.name) }
  }
}
