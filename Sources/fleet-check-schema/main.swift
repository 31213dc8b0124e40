// SPDX-License-Identifier: Apache-2.0

import Glibc
import SchemaCheck

exit(SchemaCheckProgram.main())
