// SPDX-License-Identifier: Apache-2.0

import Glibc
import HubService

exit(PreReceive.run())
