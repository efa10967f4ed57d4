// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl trim - what is idle is given back now. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <aoipool-events.h>

#include "cmd.h"
#include "complain.h"
#include "json.h"
#include "option.h"
#include "trim_preview.h"
#include "unit.h"

struct wish {
	struct aoipool_host_trim trim;
	bool dry_run;
	bool json;
};

static const struct argp_option options[] = {
	{ "pool", 'p', "NUMBER", 0, "of this pool only, as 'aoipoolctl pools' numbers them", 0 },
	{ "node", 'n', "NODE", 0, "what is on this NUMA node only", 0 },
	{ "bytes", 'b', "SIZE", 0, "about so much at most, for example 512M; whole slabs", 0 },
	{ "reserve", 'r', NULL, 0, "what pools keep in reserve, too", 0 },
	{ "depot", 'd', NULL, 0, "from the module's depot, too; for root", 0 },
	{ "dry-run", 'N', NULL, 0, "take nothing, only show what would go; not by node", 0 },
	{ "json", 'j', NULL, 0, "a JSON object", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct wish *wish = state->input;

	switch (key) {
	case 'p':
		wish->trim.pool = option_number(state, "pool", arg, 1,
						UINT64_MAX);
		break;
	case 'n':
		wish->trim.node = option_number(state, "node", arg, 0, 1023);
		break;
	case 'b':
		wish->trim.max_bytes = option_bytes(state, "bytes", arg);
		break;
	case 'r':
		wish->trim.flags |= AOIPOOL_HOST_TRIM_RESERVE;
		break;
	case 'd':
		wish->trim.flags |= AOIPOOL_HOST_TRIM_DEPOT;
		break;
	case 'N':
		wish->dry_run = true;
		break;
	case 'j':
		wish->json = true;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "what is \"%s\"?", arg);
		break;
	case ARGP_KEY_END:
		if (wish->dry_run && wish->trim.node != AOIPOOL_EVENT_NODE_HOST)
			argp_error(state, "--dry-run: what is idle is not known by "
					  "node");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Give back now what is idle in the module's pools, the oldest "
	       "first: of all pools for root, of one's own for others.\v"
	       "What somebody holds or pins stays.  Pools of the user provider "
	       "are trimmed by their processes only.",
};

static int show(const struct wish *wish)
{
	const struct aoipool_host_trim *trim = &wish->trim;

	if (wish->json)
		return json_show(json_pack("{s:o, s:o}", "freed_bytes",
					   json_number(trim->freed_bytes),
					   "depot_bytes",
					   json_number(trim->depot_bytes)),
				 JSON_INDENT(2));
	printf("%s from pools", unit_bytes(trim->freed_bytes).text);
	if (trim->flags & AOIPOOL_HOST_TRIM_DEPOT)
		printf(", %s from the depot",
		       unit_bytes(trim->depot_bytes).text);
	putchar('\n');
	return 0;
}

static int refused(const struct wish *wish, int err)
{
	if (err == -ENODEV)
		return complain_no_module();
	if (err == -ENOENT)
		complain("there is no pool %llu, or it is another user's: "
			 "'aoipoolctl pools' lists those that you may see",
			 (unsigned long long)wish->trim.pool);
	else if (err == -EPERM)
		complain("--depot is for root");
	else if (err == -EINVAL)
		complain("the host has no node %d", wish->trim.node);
	else
		return complain_of(err, "cannot trim");
	return command_status(err);
}

static int run(int argc, char **argv)
{
	struct wish wish = {
		.trim = {
			.size = sizeof(wish.trim),
			.node = AOIPOOL_EVENT_NODE_HOST,
			.max_bytes = UINT64_MAX,
		},
	};
	int err;

	command_parse(&argp, argc, argv, &wish);
	err = wish.dry_run ? trim_preview(&wish.trim, wish.json) :
			     aoipool_host_trim(&wish.trim);
	if (err)
		return refused(&wish, err);
	if (wish.dry_run)
		return EXIT_DONE;
	err = show(&wish);
	return err ? complain_of(err, "cannot write") : EXIT_DONE;
}

const struct command cmd_trim = {
	.name = "trim",
	.summary = "give back now what is idle",
	.run = run,
};
