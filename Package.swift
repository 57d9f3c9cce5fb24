// swift-tools-version: 6.2

import CompilerPluginSupport
import PackageDescription

let package = Package(
  name: "Millrace",
  platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
  products: [
    .library(name: "Millrace", targets: ["Millrace"]),
    .library(name: "MillraceCLI", targets: ["MillraceCLI"]),
    .library(name: "MillraceTesting", targets: ["MillraceTesting"]),
    .executable(name: "FlightDelays", targets: ["FlightDelaysCommand"]),
  ],
  dependencies: [
    // A range of majors, because an application can resolve only one swift-syntax.
    .package(url: "https://github.com/swiftlang/swift-syntax", "602.0.0"..<"604.0.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    .target(name: "CMillraceSHA"),
    .target(name: "CMillraceCRC"),
    .target(name: "CMillraceFiles"),
    .target(name: "CMillraceRecords"),
    .target(name: "MillraceCoding", dependencies: ["CMillraceSHA"]),
    .target(
      name: "MillraceStore", dependencies: ["MillraceCoding", "CMillraceCRC", "CMillraceFiles"]),
    .target(name: "MillraceGraph", dependencies: ["MillraceCoding", "CMillraceRecords"]),
    .target(name: "MillraceEngine", dependencies: ["MillraceGraph", "MillraceStore"]),
    .macro(
      name: "MillraceMacros",
      dependencies: [
        .product(name: "SwiftSyntax", package: "swift-syntax"),
        .product(name: "SwiftSyntaxBuilder", package: "swift-syntax"),
        .product(name: "SwiftSyntaxMacros", package: "swift-syntax"),
        .product(name: "SwiftDiagnostics", package: "swift-syntax"),
        .product(name: "SwiftCompilerPlugin", package: "swift-syntax"),
      ],
      path: "Macros/MillraceMacros"
    ),
    .target(name: "Millrace", dependencies: ["MillraceEngine", "MillraceMacros"]),
    .target(
      name: "MillraceCLI",
      dependencies: [
        "Millrace", "CMillraceRecords",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]
    ),
    .target(name: "MillraceTesting", dependencies: ["Millrace"]),
    // An example is a library beside its command: tests of a package with macros cannot rely on an
    // executable being built before them.
    .target(
      name: "FlightDelays",
      dependencies: ["MillraceCLI"],
      path: "Examples/FlightDelays",
      exclude: ["Data", "Command"]
    ),
    .executableTarget(
      name: "FlightDelaysCommand",
      dependencies: ["FlightDelays", "MillraceCLI"],
      path: "Examples/FlightDelays/Command"
    ),
    // Measures a release build, so it is no test.
    .executableTarget(name: "Benchmarks", dependencies: ["Millrace"], path: "Tests/Benchmarks"),
    // What tests start in order to kill it.
    .executableTarget(name: "StoreWriter", dependencies: ["Millrace"], path: "Tests/StoreWriter"),
    // What tests start on a terminal of their own.
    .executableTarget(
      name: "GatedPipeline", dependencies: ["MillraceCLI"], path: "Tests/GatedPipeline"),
    .testTarget(name: "MillraceCodingTests", dependencies: ["MillraceCoding"]),
    .testTarget(name: "MillraceStoreTests", dependencies: ["MillraceStore"]),
    .testTarget(name: "MillraceGraphTests", dependencies: ["Millrace"]),
    .testTarget(name: "MillraceEngineTests", dependencies: ["Millrace", "MillraceTesting"]),
    .testTarget(
      name: "MillraceMacrosTests",
      dependencies: [
        "MillraceMacros",
        .product(name: "SwiftSyntaxMacrosGenericTestSupport", package: "swift-syntax"),
      ]
    ),
    .testTarget(name: "MillraceTests", dependencies: ["Millrace", "MillraceTesting"]),
    .testTarget(name: "MillraceCLITests", dependencies: ["MillraceCLI"]),
    .testTarget(name: "FlightDelaysTests", dependencies: ["FlightDelays", "MillraceTesting"]),
    .testTarget(
      name: "ExamplesTests",
      dependencies: ["WordCount", "Hyperparameters", "EmbeddedService", "MillraceTesting"]),
  ],
  swiftLanguageModes: [.v6]
)

// The smaller examples, each a library beside its command like FlightDelays.
for (name, library) in [
  ("WordCount", "MillraceCLI"), ("Hyperparameters", "MillraceCLI"), ("EmbeddedService", "Millrace"),
] {
  package.products.append(.executable(name: name, targets: ["\(name)Command"]))
  package.targets += [
    .target(
      name: name, dependencies: [.byName(name: library)], path: "Examples/\(name)",
      exclude: ["Command"]),
    .executableTarget(
      name: "\(name)Command", dependencies: [.byName(name: name), .byName(name: library)],
      path: "Examples/\(name)/Command"),
  ]
}

let upcomingFeatures = ["ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"]

for target in package.targets where !target.name.hasPrefix("CMillrace") {
  target.swiftSettings =
    (target.swiftSettings ?? []) + upcomingFeatures.map { .enableUpcomingFeature($0) }
}
