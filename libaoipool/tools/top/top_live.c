// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * In a terminal, by ncurses.  Signals that end the process are read from a
 * descriptor, so that the terminal is as it was before it ends by them.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <ncurses.h>

#include "command.h"
#include "complain.h"
#include "top.h"

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* Return: a descriptor to read them from; a negative errno value. */
static int catch_signals(void)
{
	sigset_t signals;
	int fd;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGQUIT);
	fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return fd;
}

/* The handlers of ncurses would end it, too, but with a status of their own. */
static void die_of(int number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	signal(number, SIG_DFL);
	raise(number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void use_colours(void)
{
	if (!terminal_has_colours() || start_color() == ERR)
		return;
	use_default_colors();
	init_pair(COLOUR_GREEN, COLOR_GREEN, -1);
	init_pair(COLOUR_YELLOW, COLOR_YELLOW, -1);
	init_pair(COLOUR_RED, COLOR_RED, -1);
}

static SCREEN *begin(void)
{
	SCREEN *screen = newterm(NULL, stdout, stdin);

	if (!screen)
		return NULL;
	use_colours();
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(50);
	return screen;
}

static void end(SCREEN *screen)
{
	endwin();
	delscreen(screen);
}

static chtype attribute(enum terminal_colour colour)
{
	switch (colour) {
	case COLOUR_BOLD:
		return A_BOLD;
	case COLOUR_DIM:
		return A_DIM;
	case COLOUR_GREEN:
	case COLOUR_YELLOW:
	case COLOUR_RED:
		return has_colors() ? COLOR_PAIR(colour) | A_BOLD : A_BOLD;
	default:
		return A_NORMAL;
	}
}

static void paint_line(const struct canvas *canvas, int y)
{
	size_t cell = (size_t)y * canvas->width;

	move(y, 0);
	for (int x = 0; x < canvas->width; x++, cell++)
		addch((unsigned char)canvas->text[cell] |
		      attribute(canvas->colours[cell]));
}

static void paint(struct top *top)
{
	struct canvas canvas;

	if (canvas_init(&canvas, COLS, LINES))
		return;
	top_draw(top, &canvas);
	for (int y = 0; y < canvas.height; y++)
		paint_line(&canvas, y);
	canvas_free(&canvas);
	refresh();
}

/* Return: whether to go on. */
static bool take_keys(struct top *top)
{
	bool needs_sample = false, goes_on = true;
	int key;

	while (goes_on && (key = getch()) != ERR)
		goes_on = top_key(top, key, &needs_sample);
	if (goes_on && needs_sample)
		top_sample(top, true);
	return goes_on;
}

/* A terminal that is gone is readable, with nothing to read. */
static bool is_gone(const struct pollfd *keys)
{
	int bytes = 0;

	if (keys->revents & (POLLHUP | POLLERR | POLLNVAL))
		return true;
	return keys->revents & POLLIN && !ioctl(keys->fd, FIONREAD, &bytes) &&
	       !bytes;
}

static int left_ms(uint64_t next_ns)
{
	uint64_t now = now_ns();

	return now < next_ns ? (next_ns - now + 999999) / 1000000 : 0;
}

/* Return: the signal that ends it; 0 where it is ended otherwise. */
static int show(struct top *top, int signals)
{
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				{ .fd = signals, .events = POLLIN } };
	uint64_t next_ns = now_ns() + top->delay_ns;
	struct signalfd_siginfo info;

	for (;;) {
		paint(top);
		/* interrupted by a new size, for one, which getch() tells */
		poll(fds, 2, top->is_frozen ? -1 : left_ms(next_ns));
		if (read(signals, &info, sizeof(info)) == sizeof(info))
			return info.ssi_signo;
		if (is_gone(&fds[0]) || !take_keys(top))
			return 0;
		fds[0].revents = 0;
		if (top->is_frozen || now_ns() < next_ns)
			continue;
		top_sample(top, false);
		next_ns = now_ns() + top->delay_ns;
	}
}

int top_live(struct top *top)
{
	int signals = catch_signals(), number;
	SCREEN *screen;

	if (signals < 0)
		return complain_of(signals, "cannot catch signals");
	screen = begin();
	if (!screen) {
		complain("cannot use a terminal of kind \"%s\": --batch N prints "
			 "N screens instead", getenv("TERM") ?: "");
		close(signals);
		return EXIT_TROUBLE;
	}
	number = show(top, signals);
	end(screen);
	close(signals);
	if (number)
		die_of(number);
	return EXIT_DONE;
}
