/// Seeds a run: each task gets a seed of its own, ``MillraceGraph/TaskContext/seed``, derived from this
/// one and from the node's key.
///
/// It stands in place of ``RunOptions/seed``. As there, it concerns tasks with `randomness: true`,
/// whose keys have it as a part: another seed runs them again, and a seed that was used before finds
/// its results. The seeds of other tasks come from their keys alone, since a result that depended on
/// the run would be found again by runs of other seeds.
public struct RandomStatePlugin: RunPlugin {
  public let seed: UInt64?

  public init(seed: UInt64) { self.seed = seed }
}
