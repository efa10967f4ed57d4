// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl doctor - what ails the host and its processes, and what to do. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "cmd.h"
#include "complain.h"
#include "doctor_show.h"
#include "exam.h"
#include "option.h"
#include "source.h"

/* Beside those of command.h. */
enum {
	EXIT_WARNING	= 10,
	EXIT_CRITICAL	= 11,
};

#define WATCH_S		10
#define HELD_NS		(600 * 1000000000ULL)

enum {
	OPTION_COMM = 256,
	OPTION_FRAME,
	OPTION_FRAME_BYTES,
	OPTION_FRAME_RATE,
	OPTION_HELD,
	OPTION_LIST,
	OPTION_ROOT,
	OPTION_SKIP,
};

struct names {
	const char **list;
	size_t nr;
};

struct wish {
	struct exam exam;
	struct names comms, only, skipped;
	int *pids;
	size_t nr_pids;
	bool list, json, failed;
};

static const struct argp_option options[] = {
	{ "pid", 'P', "PID", 0, "look at this process; may be repeated; without it, and --comm, at those that have pools", 0 },
	{ "comm", OPTION_COMM, "NAME", 0, "and at all of this name, as /proc/PID/comm has it", 0 },
	{ "watch", 'w', "TIME", 0, "how long processes are watched for growth: 30s, 5m; 0: not (default 10s)", 0 },
	{ "frame-rate", OPTION_FRAME_RATE, "HZ", 0, "frames a second that the process takes", 0 },
	{ "frame-bytes", OPTION_FRAME_BYTES, "SIZE", 0, "how large one of them is", 0 },
	{ "frame", OPTION_FRAME, "WxHxBPP", 0, "the same, as width, height and bits a pixel: 8192x6144x8", 0 },
	{ "held", OPTION_HELD, "TIME", 0, "how long a slot of a pool may be held (default 10m)", 0 },
	{ "check", 'c', "ID", 0, "only this check; may be repeated, or a list with commas", 0 },
	{ "skip", OPTION_SKIP, "ID", 0, "without this check; likewise", 0 },
	{ "list", OPTION_LIST, NULL, 0, "the checks, and what is behind each", 0 },
	{ "root", OPTION_ROOT, "FOLDER", 0, "read proc, sys and dev below FOLDER, a copy saved from some host", 0 },
	{ "json", 'j', NULL, 0, "a JSON object; with --list an array", 0 },
	{ 0 },
};

static const struct check *find_check(const char *id)
{
	const struct check *check;

	for (size_t i = 0; check_groups[i]; i++)
		for (check = check_groups[i]; check->id; check++)
			if (!strcmp(check->id, id))
				return check;
	return NULL;
}

static void add_name(struct wish *wish, struct names *names, const char *name)
{
	if (array_add(&names->list, &names->nr, &name))
		wish->failed = true;
}

static bool has_name(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->nr; i++)
		if (!strcmp(names->list[i], name))
			return true;
	return false;
}

/* "a,b": of the command line, which is changed. */
static void add_checks(struct argp_state *state, struct names *names, char *ids)
{
	char *id;

	while ((id = strsep(&ids, ","))) {
		if (!find_check(id))
			argp_error(state, "there is no check \"%s\": --list has "
				   "them all", id);
		add_name(state->input, names, id);
	}
}

static double number(struct argp_state *state, const char *what,
		     const char *text, double max)
{
	double value;
	char *end;

	value = strtod(text, &end);
	if (!isdigit((unsigned char)*text) || *end || !(value <= max))
		argp_error(state, "--%s: \"%s\" is no number of one", what, text);
	return value;
}

static void add_pid(struct argp_state *state, const char *text)
{
	struct wish *wish = state->input;
	int pid = option_number(state, "pid", text, 1, INT32_MAX);

	if (array_add(&wish->pids, &wish->nr_pids, &pid))
		wish->failed = true;
}

static uint64_t frame_of(struct argp_state *state, const char *text)
{
	unsigned int width, height, bits;
	int used = 0;

	if (sscanf(text, "%ux%ux%u%n", &width, &height, &bits, &used) < 3 ||
	    text[used] || !width || !height || !bits || bits > 256)
		argp_error(state, "--frame: \"%s\" is not as 8192x6144x8 is",
			   text);
	return ((uint64_t)width * bits + 7) / 8 * height;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct wish *wish = state->input;

	switch (key) {
	case 'P':
		add_pid(state, arg);
		break;
	case OPTION_COMM:
		add_name(wish, &wish->comms, arg);
		break;
	case 'w':
		wish->exam.watch_s = option_time(state, "watch", arg) / 1e9;
		break;
	case OPTION_FRAME_RATE:
		wish->exam.frames_per_s = number(state, "frame-rate", arg, 1e6);
		break;
	case OPTION_FRAME_BYTES:
		wish->exam.frame_bytes = option_bytes(state, "frame-bytes", arg);
		break;
	case OPTION_FRAME:
		wish->exam.frame_bytes = frame_of(state, arg);
		break;
	case OPTION_HELD:
		wish->exam.held_ns = option_time(state, "held", arg);
		break;
	case 'c':
		add_checks(state, &wish->only, arg);
		break;
	case OPTION_SKIP:
		add_checks(state, &wish->skipped, arg);
		break;
	case OPTION_LIST:
		wish->list = true;
		break;
	case OPTION_ROOT:
		source_set_root(arg);
		break;
	case 'j':
		wish->json = true;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "what is \"%s\"?  A process is named by --pid "
			   "or --comm", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Look for what ails this host, and the processes that are named, "
	       "whether they use aoipool or not.\v"
	       "Exit status: 0 nothing, or notes only; 10 a warning; 11 "
	       "something critical; 1 to 4 as of every command.  man "
	       "aoipoolctl-doctor has what to do about each.",
};

static bool is_wanted(const struct wish *wish, const struct check *check)
{
	if (has_name(&wish->skipped, check->id))
		return false;
	return !wish->only.nr || has_name(&wish->only, check->id);
}

static bool is_patient(const struct exam *exam, int pid)
{
	for (size_t i = 0; i < exam->nr_patients; i++)
		if (exam->patients[i].pid == pid)
			return true;
	return false;
}

static int add_patient(struct exam *exam, int pid)
{
	struct patient patient;
	int err;

	if (is_patient(exam, pid))
		return 0;
	err = patient_open(&patient, pid);
	return err ? err : array_add(&exam->patients, &exam->nr_patients, &patient);
}

static int add_named(struct exam *exam, const char *comm, DIR *folder)
{
	struct dirent *entry;
	char found[32];
	int pid, err = 0;

	while (!err && (entry = readdir(folder))) {
		pid = atoi(entry->d_name);
		if (pid <= 0 || source_line(found, sizeof(found),
					    "/proc/%d/comm", pid))
			continue;
		if (!strcmp(found, comm))
			err = add_patient(exam, pid);
		if (err == -ESRCH)
			err = 0;
	}
	return err;
}

static int choose_comm(struct exam *exam, const char *comm)
{
	size_t before = exam->nr_patients;
	char path[SOURCE_PATH_BYTES];
	DIR *folder;
	int err;

	err = source_path(path, "/proc");
	folder = err ? NULL : opendir(path);
	if (!folder)
		return complain_of(err ? err : -errno, "cannot read /proc");
	err = add_named(exam, comm, folder);
	closedir(folder);
	if (err)
		return complain_of(err, "cannot look at %s", comm);
	if (exam->nr_patients > before)
		return EXIT_DONE;
	complain("no process is called \"%s\": 'ps -e' lists their names", comm);
	return EXIT_TROUBLE;
}

static int choose_pid(struct exam *exam, int pid)
{
	int err = add_patient(exam, pid);

	if (err == -ESRCH) {
		complain("there is no process %d", pid);
		return EXIT_TROUBLE;
	}
	return err ? complain_of(err, "cannot look at process %d", pid) :
		     EXIT_DONE;
}

/* Those that come and go meanwhile are nobody's patients. */
static int add_user(struct exam *exam, int pid)
{
	int err = pid > 0 ? add_patient(exam, pid) : 0;

	return err == -ESRCH ? 0 : err;
}

/* All that have pools, as far as this user may know. */
static int choose_users(struct exam *exam)
{
	struct sample sample;
	int err = sample_take(&sample, SAMPLE_HOLDERS | SAMPLE_LEDGERS);

	if (err)
		return EXIT_DONE;	/* the module's checks say so */
	for (size_t i = 0; !err && i < sample.nr_holders; i++)
		err = add_user(exam, sample.holders[i].holder.pid);
	for (size_t i = 0; !err && i < sample.nr_ledgers; i++)
		err = add_user(exam, sample.ledgers[i].pid);
	sample_free(&sample);
	return err ? complain_of(err, "cannot look at processes") : EXIT_DONE;
}

static bool wants_processes(const struct wish *wish)
{
	const struct check *check;

	for (size_t i = 0; check_groups[i]; i++)
		for (check = check_groups[i]; check->id; check++)
			if (check->of == CHECK_PROCESS && is_wanted(wish, check))
				return true;
	return false;
}

static int choose_patients(struct wish *wish)
{
	int status = EXIT_DONE;

	if (!wish->nr_pids && !wish->comms.nr)
		return wants_processes(wish) && !source_is_copy() ?
			       choose_users(&wish->exam) : EXIT_DONE;
	for (size_t i = 0; !status && i < wish->nr_pids; i++)
		status = choose_pid(&wish->exam, wish->pids[i]);
	for (size_t i = 0; !status && i < wish->comms.nr; i++)
		status = choose_comm(&wish->exam, wish->comms.list[i]);
	return status;
}

static void run_check(struct exam *exam, const struct check *check)
{
	exam->nr_checks++;
	if (check->of == CHECK_HOST) {
		check->run(exam, NULL, check);
		return;
	}
	for (size_t i = 0; i < exam->nr_patients; i++)
		check->run(exam, &exam->patients[i], check);
}

static void watch(struct wish *wish)
{
	const struct check *check;

	if (!wish->exam.nr_patients || !(wish->exam.watch_s > 0) ||
	    source_is_copy())
		return;
	for (size_t i = 0; check_groups[i]; i++)
		for (check = check_groups[i]; check->id; check++)
			if (check->watches && is_wanted(wish, check)) {
				exam_watch(&wish->exam);
				return;
			}
}

static void run_checks(struct wish *wish)
{
	const struct check *check;

	for (size_t i = 0; check_groups[i]; i++)
		for (check = check_groups[i]; check->id; check++)
			if (is_wanted(wish, check) &&
			    (check->of == CHECK_HOST || wish->exam.nr_patients))
				run_check(&wish->exam, check);
}

static int worst_status(const struct exam *exam)
{
	if (!exam->nr_findings)
		return EXIT_DONE;
	switch (exam->findings[0]->severity) {
	case SEVERITY_CRITICAL:
		return EXIT_CRITICAL;
	case SEVERITY_WARNING:
		return EXIT_WARNING;
	default:
		return EXIT_DONE;
	}
}

static int examine(struct wish *wish)
{
	int status = choose_patients(wish), err;

	if (status)
		return status;
	watch(wish);
	run_checks(wish);
	doctor_sort(&wish->exam);
	err = wish->json ? doctor_show_json(&wish->exam) :
			   doctor_show_text(&wish->exam);
	return err ? complain_of(err, "cannot write the report") :
		     worst_status(&wish->exam);
}

static int list(const struct wish *wish)
{
	int err = wish->json ? doctor_list_json() : doctor_list_text();

	return err ? complain_of(err, "cannot write the list") : EXIT_DONE;
}

static int run(int argc, char **argv)
{
	struct wish wish = {
		.exam = { .watch_s = WATCH_S, .held_ns = HELD_NS },
	};
	int status;

	command_parse(&argp, argc, argv, &wish);
	if (wish.failed)
		status = complain_of(-ENOMEM, "cannot begin");
	else
		status = wish.list ? list(&wish) : examine(&wish);
	exam_free(&wish.exam);
	free(wish.comms.list);
	free(wish.only.list);
	free(wish.skipped.list);
	free(wish.pids);
	return status;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.summary = "what ails the host and its processes, and what to do",
	.run = run,
};
