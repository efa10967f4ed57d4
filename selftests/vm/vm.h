/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PID 1 of the test machine, in parts: what each offers the others.
 *
 * init.c     orders the run
 * root.c     mounts, so that programs find an ordinary small system
 * job.c      what the host asked for
 * channel.c  two ways out: text for people, records for the host's verdict
 * klog.c     judges the kernel's log
 * tap.c      counts a program's results
 * program.c  runs one program within its time
 * module.c   loads, watches and unloads aoipool.ko
 * kmemleak.c what is lost, where the kernel looks for it
 */
#ifndef VM_H
#define VM_H

#include <stdbool.h>
#include <stddef.h>

#define JOB_MAX		64
#define LINE_BYTES	1024

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* What the host asked for; strings point into the job's own text. */
struct job {
	char *modules[JOB_MAX];		/* of the stock kernel, in load order */
	size_t nr_modules;
	char *tests[JOB_MAX];
	size_t nr_tests;
	char *environment[JOB_MAX];	/* NAME=VALUE, for the tests */
	size_t nr_environment;
	char *command;			/* NULL: run the tests */
	bool with_module;		/* false: the library alone is tested */
	char *module_args;		/* "" without any */
	int program_seconds;
	int run_seconds;
};

void job_read(struct job *job, const char *path);

void root_mount_early(void);
void root_switch(const char *device);

/* Text goes to the host's terminal, a record to its verdict. */
void channel_init(void);
void channel_text(const char *who, const char *line);
void channel_record(const char *kind, const char *verdict, const char *who,
		    const char *format, ...)
	__attribute__((format(printf, 4, 5)));

enum verdict { PASS, FAIL, SKIP };

/* One result that the host counts. */
void channel_case(enum verdict verdict, const char *who, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The last record: without it the host takes the run for lost. */
bool channel_end(void);
__attribute__((noreturn)) void channel_die(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

enum klog_phase {
	KLOG_BOOT,	/* not ours: a stock kernel on an emulated machine */
	KLOG_LOAD,	/* an unsigned out-of-tree module says so */
	KLOG_RUN,
	KLOG_COMMAND,	/* an experiment: out of memory is part of it */
};

void klog_init(void);
/* Reads what came since the last call; the number of lines that are dirty. */
unsigned int klog_judge(enum klog_phase phase, const char *who);
/* Shows where every task is; what that logs is not held against the program. */
void klog_show_hang(const char *who);
/* The program said that it provokes the kernel's out-of-memory report. */
void klog_expect_oom(bool expected);
void klog_expect_memory_error(bool expected);

struct tap {
	long plan;			/* -1: none seen */
	unsigned int passed;
	unsigned int failed;
	unsigned int skipped;
	bool bailed_out;
	char running[LINE_BYTES];	/* the harness names skipped tests only here */
	char reason[LINE_BYTES];	/* of the last skip that was announced */
};

void tap_init(struct tap *tap);
void tap_line(struct tap *tap, const char *who, const char *line);

struct outcome {
	int status;			/* of waitpid */
	bool timed_out;
	bool stuck;			/* did not die of SIGKILL */
	int seconds;
};

typedef void (*line_fn)(void *context, const char *who, const char *line);

/* Runs argv; ends with every process but PID 1 gone. */
void program_run(char *const argv[], const char *who, int limit_seconds,
		 line_fn line, void *context, struct outcome *outcome);
void program_describe(const struct outcome *outcome, char *text, size_t bytes);

void module_insert(const char *path, const char *args);
unsigned long module_taint(void);
/* False and the reason, when memory of aoipool is still out after a wait. */
bool module_is_idle(char *why, size_t bytes);
bool module_remove(char *why, size_t bytes);

bool kmemleak_is_there(void);
/* What the kernel itself has lost until now is not ours. */
void kmemleak_forget(void);
/* Shows and counts what was lost since then, or since the last call. */
unsigned int kmemleak_count(const char *who);

#endif
