// SPDX-License-Identifier: Apache-2.0

import Glibc
import Notify

exit(WebhookProgram.main())
