// SPDX-License-Identifier: Apache-2.0

import Glibc
import SiteService

exit(SyncProgram.main(Array(CommandLine.arguments.dropFirst())))
