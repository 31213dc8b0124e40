// SPDX-License-Identifier: Apache-2.0

import Compiling
import Rendering
import FleetModel
import GitStore
import Targeting

/// What may stand at the end of a command line.
struct CompletionAnswer {
  /// Flags for the shell, with cobra's numbers.
  enum Directive: Int {
    /// Nothing but the candidates: no names of files.
    case noFiles = 4
    /// Names of folders.
    case folders = 16
  }

  /// The candidates and their descriptions.
  private(set) var candidates: [(word: String, description: String)] = []
  /// What the shell adds.
  private(set) var directive = Directive.noFiles
  private let context: CommandContext
  private var directory: String?

  /// Answers for words, of which the last is being typed.
  init(_ words: [String], tree: CommandTree, context: CommandContext) {
    self.context = context
    let typed = words.last ?? ""
    var command = tree
    var path: [String] = []
    var arguments: [String] = []
    var pending: CommandTree.Parameter?
    var used = Set<String>()
    for word in words.dropLast() {
      if let option = pending {
        if option.names.contains("-C") { directory = word }
        pending = nil
      } else if word.utf8.first == UInt8(ascii: "-"), word != "-" {
        let name = word.split(separator: "=", maxSplits: 1).first.map(String.init) ?? word
        used.insert(name)
        let option = command.options.first { $0.names.contains(name) }
        if option?.value != nil, !word.contains("=") { pending = option }
      } else if let next = command.commands.first(where: { $0.name == word }) {
        command = next
        path.append(word)
      } else {
        arguments.append(word)
      }
    }
    if let pending {
      complete(valueOf: pending)
    } else if typed.utf8.first == UInt8(ascii: "-") {
      for option in command.options where option.isRepeating || used.isDisjoint(with: option.names)
      {
        // Short names are quicker typed than completed.
        for name in option.names where name.hasPrefix("--") {
          candidates.append((name, option.abstract))
        }
      }
    } else if !command.commands.isEmpty {
      // Behind a word that is no command nobody knows what comes.
      if arguments.isEmpty { candidates = command.commands.map { ($0.name, $0.abstract) } }
    } else {
      complete(argument: arguments.count, of: command, path: path, before: arguments)
    }
    candidates = candidates.filter {
      $0.word.utf8.starts(with: typed.utf8) && !arguments.contains($0.word)
    }
  }

  /// The answer as kubectl and our shell scripts read it.
  var text: String {
    candidates.map { word, description in
      let plain = description.split(separator: "\n").first ?? ""
      return plain.isEmpty ? "\(word)\n" : "\(word)\t\(plain)\n"
    }.joined() + ":\(directive.rawValue)\n"
  }

  private mutating func complete(valueOf option: CommandTree.Parameter) {
    if !option.values.isEmpty {
      candidates = option.values.map { ($0, "") }
      return
    }
    switch option.value {
    case "dir", "path", "url": directive = .folders
    case "rev": candidates = revisions().map { ($0, "") }
    case "workspace": candidates = names { $0.inventory.workspaceNames }
    case "name": candidates = names { $0.bundles.map(\.source.name) }
    case "cluster": candidates = names { $0.inventory.clusters.map(\.name) }
    case "key=value":
      candidates = names { compilation in
        let labels = compilation.inventory.clusters.flatMap(\.labels.entries)
        return Set(labels.map { "\($0.key)=\($0.value)" }).inOrder
      }
    case "selector":
      candidates = names { compilation in
        let inventory = compilation.inventory
        let all = BitSet.all(count: inventory.clusters.count)
        return inventory.labels.keys(among: all)
      }
    default: break
    }
  }

  private mutating func complete(
    argument position: Int, of command: CommandTree, path: [String], before: [String]
  ) {
    guard let last = command.arguments.last else { return }
    let isThere = position < command.arguments.count
    guard isThere || last.isRepeating else { return }
    let argument = isThere ? command.arguments[position] : last
    if !argument.values.isEmpty {
      candidates = argument.values.map { ($0, "") }
      return
    }
    switch argument.value {
    case "cluster": candidates = names { $0.inventory.clusters.map(\.name) }
    case "bundle": candidates = names { $0.bundles.map(\.source.name) }
    case "type": candidates = ResourceKind.allCases.map { ($0.rawValue, "") }
    case "name" where path == ["get"]:
      guard let kind = try? ResourceKind.parse(before.first ?? "") else { return }
      candidates = names { ResourceList($0).all(kind).map(\.name) }
    case "dir", "hub", "folder": directive = .folders
    default: break
    }
  }

  /// Names of the last commit: quicker than the files as they are now, which need a snapshot. Nothing is
  /// rendered for them.
  private func names(_ select: (Compilation) -> [String]) -> [(String, String)] {
    guard let repository = try? FolderOptions(directory: directory).open(in: context),
      let version = try? repository.commit("HEAD") ?? repository.version(nil),
      let branch = try? repository.hubBranch()
    else { return [] }
    let objects = LayeredObjects(over: repository.store)
    let compiler = Compiler(
      reader: objects, writer: objects, branch: branch, engine: RenderEngine(cacheFolder: nil))
    guard let outline = try? compiler.outline(version.tree) else { return [] }
    return select(outline).map { ($0, "") }
  }

  private func revisions() -> [String] {
    guard let repository = try? FolderOptions(directory: directory).open(in: context) else {
      return []
    }
    let names = try? repository.git.answer([
      "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags",
    ])
    return ["HEAD"] + ((names ?? nil)?.split(separator: "\n").map(String.init) ?? [])
  }
}
