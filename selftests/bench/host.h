/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* host - what was measured on, in one line each. */
#ifndef HOST_H
#define HOST_H

struct host {
	char processor[128];
	char kernel[128];
	char huge_pages[64];	/* the setting for anonymous memory */
	unsigned int cpus;
	double load;		/* of the last minute, before the run */
};

void host_look(struct host *host);

#endif
