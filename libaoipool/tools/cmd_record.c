// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl record - what happens, into a file. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "array.h"
#include "cmd.h"
#include "complain.h"
#include "figures.h"
#include "follow.h"
#include "json.h"
#include "option.h"
#include "record_line.h"
#include "recorder.h"
#include "unit.h"

#define NS_PER_S	UINT64_C(1000000000)
#define LEAST_NS	(NS_PER_S / 100)
#define DAY_NS		(86400 * NS_PER_S)
#define WANTED		(SAMPLE_NODES | SAMPLE_POOLS | SAMPLE_LEDGERS)

/* A process that is looked at, for as long as it is the same one. */
struct watched {
	pid_t pid;
	uint64_t start;
	bool is_gone;
};

struct record {
	const char *out;
	const char *latency;
	uint64_t interval_ns;
	uint64_t duration_ns;	/* 0: until a signal */
	bool json;
	struct watched *watched;
	size_t nr_watched;

	struct recorder recorder;
	struct follow follow;
	uint64_t began_ns;
	uint64_t samples, events, latencies, bad_lines;
	int err;		/* of writing: the end */
};

static const struct argp_option options[] = {
	{ "out", 'o', "FILE", 0, "which must not be there yet; - is stdout", 0 },
	{ "interval", 'i', "TIME", 0, "between samples (1s)", 0 },
	{ "duration", 'd', "TIME", 0, "end after that; else with SIGINT or SIGTERM", 0 },
	{ "pid", 'P', "PID", 0, "memory of this process, too; may be given again", 0 },
	{ "latency", 'l', "FILE", 0, "take what is added to this file, too, as 'aoi-engine --latency' does", 0 },
	{ "json", 'j', NULL, 0, "say in JSON what was recorded", 0 },
	{ 0 },
};

static uint64_t parse_time(struct argp_state *state, const char *what,
			   const char *text, uint64_t least, uint64_t most)
{
	uint64_t ns = 0;

	if (unit_parse_time(text, &ns) || ns < least || ns > most)
		argp_error(state, "--%s: \"%s\" is no such time, as 500ms, 10s or 2h are",
			   what, text);
	return ns;
}

static void add_pid(struct argp_state *state, struct record *record,
		    const char *text)
{
	struct watched watched = { 0 };
	struct figures figures;

	watched.pid = option_number(state, "pid", text, 1, INT32_MAX);
	if (figures_take(&figures, watched.pid))
		argp_error(state, "--pid: there is no process %s", text);
	watched.start = figures.start;
	if (array_add(&record->watched, &record->nr_watched, &watched))
		argp_failure(state, EXIT_TROUBLE, ENOMEM, "--pid");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct record *record = state->input;

	switch (key) {
	case 'o':
		record->out = arg;
		break;
	case 'i':
		record->interval_ns =
			parse_time(state, "interval", arg, LEAST_NS, DAY_NS);
		break;
	case 'd':
		record->duration_ns =
			parse_time(state, "duration", arg, 1, INT64_MAX);
		break;
	case 'P':
		add_pid(state, record, arg);
		break;
	case 'l':
		record->latency = arg;
		break;
	case 'j':
		record->json = true;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "what is \"%s\"?", arg);
		break;
	case ARGP_KEY_END:
		if (!record->out)
			argp_error(state, "--out FILE: where to?");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Record samples of all there is, and events of the module, into "
	       "a file of JSON lines, for 'aoipoolctl report'.\v"
	       "The file is whole after every sample.  Where the module is not "
	       "loaded, there is less to see; when it is loaded later, it is seen.",
};

static void put(struct record *record, json_t *line)
{
	if (!record->err)
		record->err = recorder_write(&record->recorder, line);
	else
		json_decref(line);
}

static bool look_at(struct watched *watched, struct figures *figures)
{
	if (watched->is_gone)
		return false;
	if (!figures_take(figures, watched->pid) &&
	    figures->start == watched->start)
		return true;
	watched->is_gone = true;
	complain("process %d has ended; going on without it",
		 (int)watched->pid);
	return false;
}

/* Return: how many there are. */
static size_t take_figures(struct record *record, struct figures *figures)
{
	size_t nr = 0;

	for (size_t i = 0; i < record->nr_watched; i++)
		if (look_at(&record->watched[i], &figures[nr]))
			nr++;
	return nr;
}

static void put_sample(struct record *record, const struct sample *sample)
{
	struct figures *figures = calloc(record->nr_watched + 1,
					 sizeof(*figures));

	if (!figures) {
		record->err = -ENOMEM;
		return;
	}
	put(record, record_sample_line(sample, figures,
				       take_figures(record, figures)));
	free(figures);
	record->samples++;
}

static void hear_latency(void *arg, char *text)
{
	struct record *record = arg;
	bool is_bad;
	json_t *line = record_latency_line(text, record->began_ns, &is_bad);

	if (line) {
		put(record, line);
		record->latencies++;
	} else if (is_bad && !record->bad_lines++) {
		complain("--latency %s:%zu: no line of JSON with time_ns, p50_ns and p99_ns; going on without it",
			 record->latency, record->follow.line);
	}
}

/* What cannot be read now may be so the next time. */
static void look(struct record *record)
{
	struct sample sample;
	int err = sample_take(&sample, WANTED);

	if (err) {
		complain_of(err, "no sample");
	} else {
		put_sample(record, &sample);
		sample_free(&sample);
	}
	if (!record->latency)
		return;
	err = follow_look(&record->follow, hear_latency, record);
	if (err)
		complain_of_file(err, "--latency %s", record->latency);
}

static void hear_event(void *arg, const struct aoipool_event *event)
{
	struct record *record = arg;

	put(record, record_event_line(event));
	record->events++;
}

/* Where there is no netlink at all, there is no module to listen to. */
static struct aoipool_listener *listen_to_module(struct record *record)
{
	const struct aoipool_listener_options wanted = {
		.size = sizeof(wanted),
		.flags = AOIPOOL_LISTENER_WAIT,
		.callback = hear_event,
		.arg = record,
	};
	struct aoipool_listener *listener;
	int err = aoipool_listener_open(&listener, &wanted);

	if (err && err != -EPROTONOSUPPORT)
		complain_of(err, "cannot listen to the module; going on without events");
	return err ? NULL : listener;
}

static int signals_fd(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int timer_fd(uint64_t first_ns, uint64_t interval_ns)
{
	const struct itimerspec when = {
		.it_value = { first_ns / NS_PER_S, first_ns % NS_PER_S },
		.it_interval = { interval_ns / NS_PER_S,
				 interval_ns % NS_PER_S },
	};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd >= 0 && timerfd_settime(fd, 0, &when, NULL)) {
		close(fd);
		return -1;
	}
	return fd;
}

enum { WAIT_SIGNAL, WAIT_END, WAIT_TICK, WAIT_EVENT, WAITS };

/* Return: why it is over. */
static const char *loop(struct record *record, struct pollfd *wait,
			struct aoipool_listener *listener)
{
	uint64_t ticks;

	while (!record->err) {
		if (poll(wait, WAITS, -1) < 0 && errno != EINTR)
			record->err = -errno;
		if (wait[WAIT_EVENT].revents)
			aoipool_listener_dispatch(listener, 64);
		if (wait[WAIT_TICK].revents &&
		    read(wait[WAIT_TICK].fd, &ticks, sizeof(ticks)) > 0)
			look(record);
		if (wait[WAIT_SIGNAL].revents)
			return "signal";
		if (wait[WAIT_END].revents)
			return "duration";
	}
	return "error";
}

static bool open_waits(const struct record *record, struct pollfd *wait,
		       const struct aoipool_listener *listener)
{
	wait[WAIT_SIGNAL].fd = signals_fd();
	wait[WAIT_TICK].fd = timer_fd(record->interval_ns, record->interval_ns);
	/* a negative one is passed over by poll() */
	wait[WAIT_END].fd = record->duration_ns ?
				    timer_fd(record->duration_ns, 0) : -1;
	wait[WAIT_EVENT].fd = listener ? aoipool_listener_fd(listener) : -1;
	for (int i = 0; i < WAITS; i++)
		wait[i].events = POLLIN;
	return wait[WAIT_SIGNAL].fd >= 0 && wait[WAIT_TICK].fd >= 0 &&
	       (!record->duration_ns || wait[WAIT_END].fd >= 0);
}

static void close_waits(struct pollfd *wait)
{
	for (int i = 0; i < WAIT_EVENT; i++)
		if (wait[i].fd >= 0)
			close(wait[i].fd);
}

/* The first sample at once, the last one when it ends. */
static void keep_on(struct record *record)
{
	struct aoipool_listener *listener = listen_to_module(record);
	struct pollfd wait[WAITS] = { 0 };
	const char *why;

	if (open_waits(record, wait, listener)) {
		look(record);
		why = loop(record, wait, listener);
		look(record);
		put(record, record_end_line(why));
	} else {
		record->err = -errno;
	}
	close_waits(wait);
	aoipool_listener_close(listener);
}

static int show(const struct record *record)
{
	if (record->json)
		return json_show(json_pack("{s:o, s:o, s:o, s:o, s:o}", "out",
					   json_text(record->out), "samples",
					   json_number(record->samples),
					   "events", json_number(record->events),
					   "latencies",
					   json_number(record->latencies),
					   "bad_latency_lines",
					   json_number(record->bad_lines)),
				 JSON_INDENT(2));
	printf("%llu samples, %llu events, %llu latencies in %s\n",
	       (unsigned long long)record->samples,
	       (unsigned long long)record->events,
	       (unsigned long long)record->latencies, record->out);
	return 0;
}

static int refused(const struct record *record, int err)
{
	if (err != -EEXIST)
		return complain_of_file(err, "cannot write %s", record->out);
	complain("%s is there already: name another file, or remove it",
		 record->out);
	return EXIT_TROUBLE;
}

static int record_all(struct record *record)
{
	int err = recorder_open(&record->recorder, record->out), closed;

	if (err)
		return refused(record, err);
	follow_init(&record->follow, record->latency);
	record->began_ns = recorder_now_ns();
	put(record, record_head_line(record->interval_ns));
	keep_on(record);
	follow_exit(&record->follow);
	closed = recorder_close(&record->recorder);
	err = record->err ?: closed;
	if (err)
		return complain_of_file(err, "cannot write %s", record->out);
	if (!strcmp(record->out, "-"))
		return EXIT_DONE;
	err = show(record);
	return err ? complain_of_file(err, "cannot write") : EXIT_DONE;
}

static int run(int argc, char **argv)
{
	struct record record = { .interval_ns = NS_PER_S };
	int status;

	command_parse(&argp, argc, argv, &record);
	status = record_all(&record);
	free(record.watched);
	return status;
}

const struct command cmd_record = {
	.name = "record",
	.summary = "samples and events to a file",
	.run = run,
};
