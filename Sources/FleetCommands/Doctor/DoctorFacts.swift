// SPDX-License-Identifier: Apache-2.0

import Rendering

/// What `doctor` found out about this machine and a hub, before it is judged.
struct DoctorFacts: Hashable {
  /// The version of git, as `2.39.5`; nil when it is not installed.
  var git: String?
  /// The version of kubectl, as `v1.32.4`; nil when it is not installed.
  var kubectl: String?
  /// The programs that render.
  var renderers: [RendererFact] = []
  /// The folder of this program.
  var programs = ""
  /// Those of our programs that are not in that folder.
  var missingPrograms: [String] = []
  /// The hub on this machine, or why none is looked at.
  var hub: HubFound = .none

  /// A program that renders, and who needs it.
  struct RendererFact: Hashable {
    /// What it does.
    let renderer: Renderer
    /// The installed version, as `v3.17.3`; nil when there is none that works.
    var version: String?
    /// Why there is none.
    var problem: RenderFailure?
    /// Bundles of the repository that may need it.
    var bundles: [String] = []
    /// The version that the plans of the hub are made with; nil for a hub that never needed it.
    var hubVersion: String?
  }

  /// Whether there is a hub to look at.
  enum HubFound: Hashable {
    /// Nobody said where one is.
    case none
    /// It is on another machine.
    case elsewhere(String)
    /// The folder is no hub: what is missing in it.
    case incomplete(root: String, missing: [String])
    case here(HubFacts)
  }
}

/// What `doctor` found out about a hub folder.
struct HubFacts: Hashable {
  /// A setting of a repository.
  struct Setting: Hashable {
    /// The repository: `fleet.git`.
    let repository: String
    /// The key, as `gc.auto`.
    let key: String
    /// The value that it should have.
    let wanted: String
    /// The value that it has; nil for none.
    let found: String?
  }

  /// A hook and what stands at its place.
  struct Hook: Hashable {
    /// The place.
    let place: HookFiles.Place
    /// What is there.
    let state: HookFiles.State
  }

  /// A check program that the hub's settings name.
  struct Check: Hashable {
    /// The program: `fleet-check-schema`.
    let program: String
    /// Where it was found; nil for nowhere.
    let path: String?
    /// A file of that name in the hub that cannot be run.
    let idleFile: String?
  }

  /// A file or folder that the user who runs this does not own.
  struct Foreign: Hashable {
    /// The path.
    let path: String
    /// The number of its owner.
    let owner: UInt32
  }

  /// The folder.
  var root = ""
  /// The number of the user who runs this.
  var user: UInt32 = 0
  /// What belongs to somebody else.
  var foreign: [Foreign] = []
  /// All settings that matter.
  var settings: [Setting] = []
  /// Where the hooks look for programs; nil for the search path.
  var libexec: String?
  /// Hook programs that are not found there.
  var missingHookPrograms: [String] = []
  /// The hooks.
  var hooks: [Hook] = []
  /// What is wrong with `hub.json`; nil when it is fine.
  var descriptorProblem: String?
  /// Lines of crontabs that run `fleet-hub tick` for this hub.
  var cronLines: [String] = []
  /// How many renderings are kept; nil when the folder is not there yet or cannot be read.
  var cachedRenderings: Int?
  /// What they take, in bytes.
  var cacheBytes: Int64 = 0
  /// A folder of the cache that cannot be written.
  var unwritableCache: String?
  /// The check programs that every push runs.
  var checks: [Check] = []
  /// The folder of schemas for them; nil for none.
  var schemas: String?
  /// Free space where the hub is, in bytes; nil when it is not known.
  var freeBytes: Int64?
  /// The branch's commit, short; nil for a hub that nothing was pushed to.
  var pushed: String?
  /// The commit that is released, short.
  var released: String?
  /// Whether the slices show the newest state.
  var isPublished = true
}
