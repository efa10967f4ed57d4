# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
# The names that a page has, one a line.
$1 == ".Sh" { named = $2 == "NAME" }
named && $1 == ".Nm" { print $2 }
