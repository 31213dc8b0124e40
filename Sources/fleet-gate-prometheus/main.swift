// SPDX-License-Identifier: Apache-2.0

import Gates
import Glibc

exit(PrometheusProgram.main())
