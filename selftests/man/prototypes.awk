# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
# What a page's SYNOPSIS says, as C: headers, then declarations. A header that
# says otherwise makes a compiler complain.
function unquoted(text) { gsub(/" "/, ", ", text); gsub(/"/, "", text); return text }
function rest(from,   text, i) {
	for (i = from; i <= NF; i++) text = text (i > from ? " " : "") $i
	return text
}
$1 == ".Sh" { synopsis = $2 == "SYNOPSIS" }
!synopsis { next }
$1 == ".In" { print "#include <" $2 ">" }
$1 == ".Ft" { type = rest(2) }
# Macros are no declarations.
$1 == ".Fn" && $2 !~ /^[A-Z_]+$/ { print type " " $2 "(" unquoted(rest(3)) ");" }
$1 == ".Fo" { name = $2; args = "" }
$1 == ".Fa" { args = args (args == "" ? "" : ", ") unquoted(rest(2)) }
$1 == ".Fc" { print type " " name "(" args ");" }
