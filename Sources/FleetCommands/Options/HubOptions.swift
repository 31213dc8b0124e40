// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Which hub is spoken to.
struct HubOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The hub, a folder or URL with fleet.git in it; else $FLEET_HUB, then "
        + "'git config fleet.hub', then the remote 'origin'.",
      valueName: "url"),
    completion: .directory)
  var hub: String?

  init() {}

  /// Makes the options as if they had been given.
  init(hub: String?) { self.hub = hub }
}
