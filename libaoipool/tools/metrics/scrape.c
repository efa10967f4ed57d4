// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "scrape.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

/* Prometheus keeps one open; a few more for people who look. */
#define MAX_CONNECTIONS	16
/* A client that says nothing does not keep its place for longer. */
#define IDLE_S		10
/* Of one client; a request is some hundred bytes. */
#define REQUEST_BYTES	(16 * 1024)

#define TEXT_TYPE	"text/plain; version=0.0.4; charset=utf-8"

static const char front_page[] =
	"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
	"<title>aoipool</title><h1>aoipool</h1>"
	"<p><a href=\"/metrics\">Metrics</a> for Prometheus, "
	"<a href=\"/healthz\">health</a> of this server.</p></html>\n";

struct scrape {
	struct MHD_Daemon *daemon;
	const struct exposition *exposition;
};

struct page {
	unsigned int status;
	const char *type;
	char *text;
	size_t bytes;
	enum MHD_ResponseMemoryMode mode;
};

static struct page page_of(unsigned int status, const char *type,
			   const char *text)
{
	return (struct page){
		.status = status,
		.type = type,
		.text = (char *)text,
		.bytes = strlen(text),
		.mode = MHD_RESPMEM_PERSISTENT,
	};
}

static struct page no_memory(void)
{
	return page_of(MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain",
		       "no memory\n");
}

/* What could not be read is in the metrics themselves. */
static struct page metrics_page(const struct exposition *exposition)
{
	struct page page = {
		.status = MHD_HTTP_OK,
		.type = TEXT_TYPE,
		.mode = MHD_RESPMEM_MUST_FREE,
	};
	struct metric_text text;
	FILE *to = open_memstream(&page.text, &page.bytes);
	bool failed;

	if (!to)
		return no_memory();
	metric_text_init(&text, to);
	exposition_take(exposition, &text.sink);
	failed = ferror(to);
	if (!fclose(to) && !failed)
		return page;
	free(page.text);
	return no_memory();
}

static struct page find_page(const struct scrape *scrape, const char *method,
			     const char *url)
{
	if (strcmp(method, MHD_HTTP_METHOD_GET) &&
	    strcmp(method, MHD_HTTP_METHOD_HEAD))
		return page_of(MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain",
			       "only GET and HEAD\n");
	if (!strcmp(url, "/metrics"))
		return metrics_page(scrape->exposition);
	if (!strcmp(url, "/healthz"))
		return page_of(MHD_HTTP_OK, "text/plain", "ok\n");
	if (!strcmp(url, "/"))
		return page_of(MHD_HTTP_OK, "text/html; charset=utf-8",
			       front_page);
	return page_of(MHD_HTTP_NOT_FOUND, "text/plain",
		       "there are /metrics and /healthz\n");
}

static enum MHD_Result send_page(struct MHD_Connection *connection,
				 const struct page *page)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
		page->bytes, page->text, page->mode);
	enum MHD_Result result;

	if (!response) {
		if (page->mode == MHD_RESPMEM_MUST_FREE)
			free(page->text);
		return MHD_NO;
	}
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				page->type);
	if (page->status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW,
					"GET, HEAD");
	result = MHD_queue_response(connection, page->status, response);
	MHD_destroy_response(response);
	return result;
}

/* What a request brings with it is of no use here: it is dropped as it comes. */
static enum MHD_Result answer(void *arg, struct MHD_Connection *connection,
			      const char *url, const char *method,
			      const char *version, const char *upload,
			      size_t *upload_bytes, void **state)
{
	static int begun;
	struct page page;

	(void)version;
	(void)upload;
	if (*state != &begun) {
		*state = &begun;
		return MHD_YES;
	}
	if (*upload_bytes) {
		*upload_bytes = 0;
		return MHD_YES;
	}
	page = find_page(arg, method, url);
	return send_page(connection, &page);
}

static int parse_port(const char *text, in_port_t *port)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text < '0' || *text > '9' ||
	    value > UINT16_MAX)
		return -EINVAL;
	*port = htons(value);
	return 0;
}

static int parse_v6(char *host, struct scrape_address *address)
{
	size_t length = strlen(host);

	if (length < 2 || host[length - 1] != ']')
		return -EINVAL;
	host[length - 1] = '\0';
	address->v6.sin6_family = AF_INET6;
	return inet_pton(AF_INET6, host + 1, &address->v6.sin6_addr) == 1 ?
		       0 : -EINVAL;
}

static int parse_host(char *host, struct scrape_address *address)
{
	if (*host == '[')
		return parse_v6(host, address);
	address->v4.sin_family = AF_INET;
	return inet_pton(AF_INET, host, &address->v4.sin_addr) == 1 ?
		       0 : -EINVAL;
}

int scrape_parse(const char *text, struct scrape_address *address)
{
	char host[INET6_ADDRSTRLEN + 2] = "127.0.0.1";
	const char *port = strrchr(text, ':');
	size_t length = port ? (size_t)(port - text) : 0;
	int err;

	*address = (struct scrape_address){ 0 };
	if (length >= sizeof(host) || (port && !length))
		return -EINVAL;
	if (port) {
		memcpy(host, text, length);
		host[length] = '\0';
	}
	err = parse_host(host, address);
	if (err)
		return err;
	return parse_port(port ? port + 1 : text,
			  address->any.sa_family == AF_INET6 ?
				  &address->v6.sin6_port :
				  &address->v4.sin_port);
}

bool scrape_is_loopback(const struct scrape_address *address)
{
	const struct in6_addr *v6 = &address->v6.sin6_addr;

	if (address->any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(v6) ||
		       (IN6_IS_ADDR_V4MAPPED(v6) && v6->s6_addr[12] == 127);
	return ntohl(address->v4.sin_addr.s_addr) >> 24 == 127;
}

static struct MHD_Daemon *start_daemon(struct scrape *scrape,
				       const struct scrape_address *address)
{
	unsigned int flags = MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD;

	if (address->any.sa_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	return MHD_start_daemon(flags, 0, NULL, NULL, answer, scrape,
				MHD_OPTION_SOCK_ADDR, &address->any,
				MHD_OPTION_CONNECTION_LIMIT,
				(unsigned int)MAX_CONNECTIONS,
				MHD_OPTION_CONNECTION_TIMEOUT,
				(unsigned int)IDLE_S,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT,
				(size_t)REQUEST_BYTES, MHD_OPTION_END);
}

int scrape_start(struct scrape **scrape, const struct scrape_address *address,
		 const struct exposition *exposition, unsigned int *port)
{
	struct scrape *made = calloc(1, sizeof(*made));

	if (!made)
		return -ENOMEM;
	made->exposition = exposition;
	errno = 0;
	made->daemon = start_daemon(made, address);
	if (!made->daemon) {
		free(made);
		return errno ? -errno : -EIO;
	}
	*port = MHD_get_daemon_info(made->daemon, MHD_DAEMON_INFO_BIND_PORT)
			->port;
	*scrape = made;
	return 0;
}

void scrape_stop(struct scrape *scrape)
{
	MHD_stop_daemon(scrape->daemon);
	free(scrape);
}
