// SPDX-License-Identifier: Apache-2.0

import Rollouts
import Testing

@Suite("Phases")
struct PhaseTests {
  @Test("a rollout that has ended waits for nobody", arguments: RolloutPhase.allCases)
  func ends(phase: RolloutPhase) {
    #expect(!(phase.isEnd && phase.waitsForPerson))
  }
}
