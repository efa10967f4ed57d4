# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
# The C of a page's EXAMPLES, each into a file PREFIX.N.c: what begins with an
# #include, so that it is to compile as it stands.
$1 == ".Sh" { examples = $2 == "EXAMPLES" }
$1 == ".Bd" { shown = examples; next }
$1 == ".Ed" { shown = file = ""; next }
shown && !file && /^#include/ { file = prefix "." ++n ".c" }
file { gsub(/\\e/, "\\"); sub(/^\\&/, ""); print > file }
