# SPDX-License-Identifier: GPL-2.0-only
# Journals of events, as 'aoipoolctl monitor --log' writes them, for tests without
# the module. Sourced after tap.sh, never run.
# shellcheck shell=bash

# journal_line FILE SEQ SECONDS-AGO EVENT 'MORE-JSON'
journal_line() {
	printf '{"event":"%s","seq":%d,"time":"","time_unix_ns":%d000000000,"time_ns":1,"lost":0,%s}\n' \
		"$4" "$2" $(($(date +%s) - $3)) "$5" >>"$1"
}

# journal_level FILE SEQ SECONDS-AGO BEFORE NOW [NODE]
journal_level() {
	journal_line "$1" "$2" "$3" level "\"node\":${6:-null},\"level_before\":\"$4\",\"level\":\"$5\",\
\"available_bytes\":104857600,\"total_bytes\":1073741824,\"idle_bytes\":2097152,\
\"holders\":[{\"pool\":7,\"name\":\"camera;x\",\"client\":1,\"pid\":41,\"comm\":\"engine\",\"held_bytes\":4194304}]"
}

# One of everything.
journal_make() {
	journal_level "$1" 1 3600 none low
	journal_level "$1" 2 3000 low critical
	journal_level "$1" 3 2400 none high 1
	journal_line "$1" 4 1800 reclaim '"node":1,"level":"high","reclaimed_bytes":2097152,"reclaimed_slabs":1,"causes":["decay","idle_max"],"holders":[]'
	journal_line "$1" 5 1200 sweep '"pool":7,"name":"camera","client":1,"pid":41,"comm":"engine","slabs":3,"held_bytes":6291456'
	journal_line "$1" 6 600 exhausted '"pool":8,"name":"tiles","reason":"limit","count":12,"level":"none","holders":[]'
	journal_level "$1" 7 60 critical none
	journal_line "$1" 9 30 lost '"x":0'
}
