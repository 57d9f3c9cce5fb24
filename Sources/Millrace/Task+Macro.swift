/// Makes a function or a type a task: it stays what it is, and `$name` beside it lifts it into graphs.
///
/// ```swift
/// @Task
/// func tokenize(_ text: String, minimumLength: Int = 3) throws -> [String] { … }
///
/// let text = $load(path: input)                   // Node<String>
/// let words = $tokenize(text, minimumLength: 4)   // Node<[String]>
/// ```
///
/// Beside the function the macro writes its definition and functions `$tokenize` with the same labels,
/// defaults, access level, `static` and availability:
///
/// ```swift
/// private enum … {
///   static let definition = TaskDefinition(
///     __id: TaskID(fileID: "App/Text.swift", path: "tokenize(_:minimumLength:)", …),
///     attributes: TaskAttributes(), fingerprint: Fingerprint(0x…, 0x…), …,
///     sync: { try tokenize($0[0, as: String.self], minimumLength: $0[1, as: Int.self]) })
/// }
///
/// @_disfavoredOverload
/// func $tokenize(
///   _ text: some TaskInput<String>, minimumLength: some TaskInput<Int> = Constant<Int>(3)
/// ) -> Node<[String]> { … }
/// func $tokenize(_ text: some TaskInput<String>, minimumLength: Int = 3) -> Node<[String]> { … }
/// func $tokenize(_ text: String, minimumLength: Int = 3) -> Node<[String]> { … }
/// ```
///
/// Compilers leave names that begin with `$` out of symbol graphs, so no generated documentation shows
/// these functions; they are described here alone.
///
/// **Literals.** Parameters without a default take nodes and plain values in every mixture if there are
/// up to three of them. Of more, either all are given as inputs or all as plain values, and a parameter
/// with a default takes a plain value unless all are inputs. Where a literal then has no type, as
/// `.fast` or `nil` beside a node, write `Constant(.fast)`.
///
/// **Tuples.** A task that returns a tuple is lifted to functions that return a node of it, and to such
/// that return a node for each element: `let (train, test) = $split(rows)`. A parameter that is a tuple
/// takes a node of it, or a tuple of inputs. The elements of a stored tuple must be `Codable`.
///
/// **Types.** A structure with a method `run()` is lifted by its memberwise initializer; `@Injected`
/// properties are no inputs, `@Unkeyed` ones no part of the key, and `@Artifact` ones further outputs. The
/// types of inputs must be written, but for those of literals.
///
/// ```swift
/// @Task
/// struct TrainModel {
///   var rows: [Row]
///   var learningRate = 0.1
///   @Injected(\.random) var random
///   func run() async throws -> Model { … }
/// }
///
/// let model = $TrainModel(rows: features)
/// ```
///
/// **Actors.** An actor is lifted by its initialiser, of which it has one or none outside of extensions:
/// a node of it is an instance, made anew in every run. Methods that are tasks as well are lifted as
/// static functions that take the instance's node first.
///
/// ```swift
/// @Task
/// actor Counter {
///   private var count: Int
///   init(start: Int = 0) { count = start }
///   @Task func add(_ number: Int) -> Int {
///     count += number
///     return count
///   }
/// }
///
/// let graph = Graph {
///   let counter = $Counter(start: 3)   // Node<Counter>
///   Counter.$add(counter, 1)           // Node<Int>, 4
///   Counter.$add(counter, 2)           // 6
/// }
/// ```
///
/// Calls on one node's instance run one after another, in the order in which they were made; a call runs
/// if a later one in the same `Graph { … }` does, and is skipped if an earlier one failed. Neither
/// instances nor calls are ever cached, so what they give need not be `Codable`. Inside of a `ForEach`
/// an instance that is called with the element must be made from it. Methods stand in the actor itself,
/// since an extension does not tell a macro what it extends.
///
/// **Contexts.** A parameter of type `TaskContext` or `TaskContext?`, of a function or of `run`, gets
/// the context of the run. `$name` does not have it.
///
/// **Isolation.** A task may be isolated to a global actor; the macro knows one by its name, which
/// must end in `Actor`. In a module whose default isolation is the main actor, mark synchronous tasks
/// and the types that they take and return `nonisolated`. Compilers up to Swift 6.3 refuse property
/// wrappers in a structure that says so itself; put it into a `nonisolated` enumeration.
///
/// **What cannot be a task**: functions with `inout`, variadic, closure or opaque parameters, generic
/// ones, instance methods of types that are no actors, and anything in a generic type or inside a
/// function. Each is diagnosed: see <doc:Diagnostics>.
///
/// - Parameters:
///   - name: The name that nodes get by default; the function's or type's own if it is left out.
///   - version: To be raised when the task must run again though its code looks the same.
///   - cache: Whether the value is stored; `.off` alone for actors and their methods. Write `.transient` or `.off` literally: then the output need
///     not be `Codable`.
///   - randomness: Whether the run's seed is part of the key.
///   - environment: Names of environment variables whose values are part of the key.
///   - retry: How often a failed attempt is repeated, after which errors, and how long after.
///   - timeout: How long the node, or an attempt, may take.
///   - resources: What a body takes of the run's pools while it runs, `["memory": .gib(4), "gpu": 1]`.
///     The run must say how much there is: see `RunOptions.resources`.
///   - priority: Among nodes that are ready, those of the highest number run first.
///   - tags: Labels of the nodes.
///   - ignoring: Inputs that are no part of the key, as string literals: labels or names of parameters,
///     or names of properties. A property says the same with `@Unkeyed`.
@attached(peer, names: prefixed(`$`))
public macro Task(
  _ name: String? = nil,
  version: Int = 1,
  cache: CachePolicy = .stored,
  randomness: Bool = false,
  environment: [String] = [],
  retry: RetryPolicy = .none,
  timeout: TimeoutPolicy = .none,
  resources: [String: ResourceAmount] = [:],
  priority: Int = 0,
  tags: [String] = [],
  ignoring: [String] = []
) = #externalMacro(module: "MillraceMacros", type: "TaskMacro")
