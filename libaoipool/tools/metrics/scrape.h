/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A small HTTP server, by libmicrohttpd, for Prometheus to scrape: /metrics,
 * /healthz, and / for people.  It answers in a thread of its own, one request
 * after the other.
 */
#ifndef SCRAPE_H
#define SCRAPE_H

#include <netinet/in.h>
#include <stdbool.h>

#include "exposition.h"

/* Where to listen. */
struct scrape_address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
};

/**
 * scrape_parse() - "9464", "127.0.0.1:9464", "[::1]:9464"; without an address:
 *	127.0.0.1.  Port 0: any that is free.
 *
 * Names are not looked up.  Return: 0; -EINVAL.
 */
int scrape_parse(const char *text, struct scrape_address *address);

/* Only programs of this host can reach it. */
bool scrape_is_loopback(const struct scrape_address *address);

struct scrape;

/**
 * scrape_start() - listen, and answer
 * @exposition: kept, as long as it runs
 * @port: out, where it listens
 *
 * Return: 0, and scrape_stop() is the caller's to call; a negative errno value.
 */
int scrape_start(struct scrape **scrape, const struct scrape_address *address,
		 const struct exposition *exposition, unsigned int *port);

/* Requests that are being answered are cut off. */
void scrape_stop(struct scrape *scrape);

#endif
