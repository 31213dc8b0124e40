// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HubService

/// `kubectl fleet completion`: prints a script for a shell, or for kubectl.
struct CompletionCommand: FleetCommand {
  /// What completion can be printed for.
  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish, kubectl
  }

  static let configuration = CommandConfiguration(
    commandName: "completion",
    abstract: "Print a completion script for a shell or for kubectl.",
    discussion: """
      For 'kubectl fleet …' (kubectl 1.26 or newer, with kubectl's own completion loaded) put the \
      output of 'completion kubectl' into a folder of your PATH as an executable file \
      'kubectl_complete-fleet'. For the program itself: source <(kubectl-fleet completion bash), \
      kubectl-fleet completion zsh >"${fpath[1]}/_kubectl-fleet", \
      kubectl-fleet completion fish | source.
      """)

  @Argument(help: ArgumentHelp("bash, zsh, fish or kubectl.", valueName: "shell"))
  var shell: Shell

  func run(in context: CommandContext) throws -> ExitStatus {
    let name =
      switch shell {
      case .kubectl: "kubectl_complete-fleet"
      case .bash, .zsh, .fish: "completion/kubectl-fleet.\(shell.rawValue)"
      }
    guard let file = EmbeddedFiles.file("plugins/\(name)") else {
      throw CommandError("this program carries no 'plugins/\(name)'", status: .failure)
    }
    context.print(file.text)
    return .done
  }
}

/// `kubectl fleet __complete WORD…`: answers a shell; the last word is the one that is being typed.
///
/// The answer is that of cobra, which kubectl reads: a candidate a line, a tab before its description,
/// then `:` and a number of flags.
struct CompleteCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "__complete", abstract: "Answer a shell that completes a command.",
    shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough)
  var words: [String] = []

  func run(in context: CommandContext) throws -> ExitStatus {
    let tree = CommandTree(dump: KubectlFleet._dumpHelp())
    let answer = CompletionAnswer(words, tree: tree, context: context)
    context.print(answer.text)
    return .done
  }
}
