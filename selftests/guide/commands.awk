# SPDX-License-Identifier: GPL-2.0-only
# The commands of libaoipool/docs/guide.md, one a record: WHERE, USER and the
# command, with tabs between; a newline inside of it is \001. WHERE is what the
# comment above its block says.

function tell() {
	printf "%s\t%s\t%s\n", inside, user, command
	command = ""
	until = ""
}

/^<!-- run in: [a-z]+ -->$/ { where = $4; next }

/^```console$/ {
	if (where == "") {
		print "line " NR ": a block of commands that nobody runs" >"/dev/stderr"
		exit 1
	}
	inside = where
	where = ""
	next
}

/^```/ { inside = ""; next }

inside == "" { next }

until != "" {
	command = command "\001" $0
	if ($0 == until)
		tell()
	next
}

/^[#$] / {
	user = substr($0, 1, 1) == "#" ? "root" : "engine"
	command = substr($0, 3)
	if (match(command, /<<'[A-Z]+'$/))
		until = substr(command, RSTART + 3, RLENGTH - 4)
	else
		tell()
	next
}

{
	print "line " NR ": neither a command nor a part of one" >"/dev/stderr"
	exit 1
}
