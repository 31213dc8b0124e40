// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetModel

/// A share as people write it: `3%`, `2.5%`.
struct Percentage: ExpressibleByArgument {
  let share: Double

  init?(argument: String) {
    var text = argument[...]
    if text.last == "%" { text.removeLast() }
    guard let value = Double(text), value >= 0, value <= 100 else { return nil }
    share = value / 100
  }
}

/// A time as people write it: `30s`, `1h30m`.
struct Span: ExpressibleByArgument {
  let seconds: Int

  init?(argument: String) {
    guard let seconds = try? DurationText.seconds(argument) else { return nil }
    self.seconds = seconds
  }
}
