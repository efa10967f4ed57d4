// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two serial ports besides the kernel's console, so that a kernel message can
 * garble neither TAP nor verdict: ttyS1 carries text for people, ttyS2 one
 * record a line, fields separated by tabs, for the host's verdict.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <termios.h>
#include <unistd.h>

#include "vm.h"

static int text_fd = -1;
static int record_fd = -1;
static unsigned int counts[3];

static int port_open(const char *path)
{
	int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	struct termios mode;

	if (fd >= 0 && !tcgetattr(fd, &mode)) {
		cfmakeraw(&mode);
		tcsetattr(fd, TCSANOW, &mode);
	}
	return fd;
}

void channel_init(void)
{
	text_fd = port_open("/dev/ttyS1");
	record_fd = port_open("/dev/ttyS2");
	channel_record("begin", "1", "init", "aoipool test machine");
}

static void port_write(int fd, const char *text, size_t bytes)
{
	while (bytes) {
		ssize_t done = write(fd, text, bytes);

		/* Nobody to tell: the host misses the end record. */
		if (done < 0)
			return;
		text += done;
		bytes -= done;
	}
}

void channel_text(const char *who, const char *line)
{
	char text[2 * LINE_BYTES];
	int bytes = snprintf(text, sizeof(text), "%s | %s\n", who, line);

	port_write(text_fd, text, bytes);
}

/* A tab or an unprintable byte in a message must not look like a field. */
static void clean(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ')
			*text = ' ';
}

static void record_write(const char *kind, const char *verdict, const char *who,
			 const char *format, va_list args)
{
	char message[LINE_BYTES], record[2 * LINE_BYTES];
	int bytes;

	vsnprintf(message, sizeof(message), format, args);
	clean(message);
	bytes = snprintf(record, sizeof(record), "%s\t%s\t%s\t%s\n", kind,
			 verdict, who, message);
	port_write(record_fd, record, bytes);
}

void channel_record(const char *kind, const char *verdict, const char *who,
		    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	record_write(kind, verdict, who, format, args);
	va_end(args);
}

void channel_case(enum verdict verdict, const char *who, const char *format, ...)
{
	static const char *const names[] = { "pass", "fail", "skip" };
	va_list args;

	counts[verdict]++;
	va_start(args, format);
	record_write("case", names[verdict], who, format, args);
	va_end(args);
}

bool channel_end(void)
{
	bool good = counts[PASS] && !counts[FAIL];

	channel_record("end", good ? "pass" : "fail", "init", "%u %u %u",
		       counts[PASS], counts[FAIL], counts[SKIP]);
	tcdrain(text_fd);
	tcdrain(record_fd);
	return good;
}

void channel_die(const char *format, ...)
{
	char message[LINE_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	channel_text("init", message);
	channel_case(FAIL, "init", "%s", message);
	channel_end();
	sync();
	reboot(RB_POWER_OFF);
	_exit(1);
}
