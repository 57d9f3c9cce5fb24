/// Makes the code of a helper part of the keys of the tasks that use it.
///
/// ```swift
/// @Tracked let separators: Set<Character> = [" ", "-"]
///
/// @Tracked
/// func split(_ text: String) -> [Substring] { text.split { separators.contains($0) } }
///
/// @Task
/// func tokenize(_ text: String) -> [String] { split(text).map { $0.lowercased() } }
/// ```
///
/// If the code of `split` or the value of `separators` changes, `tokenize` runs again, and `plan` says
/// `changed: helper 'split'`. Comments and layout do not matter. Nothing of the declaration changes.
///
/// It can be written before functions, methods, initializers, structures, enumerations, classes,
/// actors, extensions, computed properties, and constants with an initial value. A type is followed
/// with all that stands between its braces, where it is named; an extension where one of its members is
/// named. What a helper uses is followed in turn, in all modules of the program.
///
/// Names are followed and not declarations: of several tracked `split`, all count. A task may then run
/// again without need. `plan --untracked` lists what nothing follows. <doc:CachingAndKeys> says exactly
/// what is followed, and what is not.
@attached(peer)
public macro Tracked() = #externalMacro(module: "MillraceMacros", type: "TrackedMacro")
