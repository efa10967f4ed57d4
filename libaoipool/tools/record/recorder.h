/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A recording: a file of lines of JSON that is whole after every line, so that
 * who is killed loses none.  The first line says what it is:
 *
 *	{"type": "recording", "version": 1, "host": ..., ...}
 *
 * aoipoolctl-record(8) has them all.  recording.h reads it.
 */
#ifndef RECORDER_H
#define RECORDER_H

#include <stdint.h>

#include <jansson.h>

#define RECORDING_VERSION	1

struct recorder {
	int fd;
	uint64_t lines;
};

/**
 * recorder_open() - begin one
 * @path: that is not there yet; "-" is stdout
 *
 * Return: 0; -EEXIST and others of open().
 */
int recorder_open(struct recorder *recorder, const char *path);

/**
 * recorder_write() - one line
 * @line: consumed; NULL is -ENOMEM
 *
 * Return: 0; a negative errno value, and at most the last line is not whole.
 */
int recorder_write(struct recorder *recorder, json_t *line);

/* Return: 0; what the file system told only now. */
int recorder_close(struct recorder *recorder);

/* CLOCK_REALTIME: that of all lines. */
uint64_t recorder_now_ns(void);

#endif
