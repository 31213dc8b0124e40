// SPDX-License-Identifier: Apache-2.0

import Glibc
import StatusReceive

exit(StatusReceiveProgram.main())
