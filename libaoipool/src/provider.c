/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The choice of a provider, and why it was made.
 */
#include "provider.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROVIDER_VARIABLE	"AOIPOOL_PROVIDER"

static const struct {
	const char *word;
	enum aoipool_provider provider;
} words[] = {
	{ "auto", AOIPOOL_PROVIDER_AUTO },
	{ "", AOIPOOL_PROVIDER_AUTO },
	{ "kernel", AOIPOOL_PROVIDER_KERNEL },
	{ "user", AOIPOOL_PROVIDER_USER },
};

void provider_because(struct provider *provider, const char *format, ...)
{
	size_t used = strlen(provider->reason);
	va_list args;

	if (used && used + 3 < sizeof(provider->reason)) {
		strcpy(provider->reason + used, "; ");
		used += 2;
	}
	va_start(args, format);
	vsnprintf(provider->reason + used, sizeof(provider->reason) - used,
		  format, args);
	va_end(args);
}

static int parse(const char *word, enum aoipool_provider *provider)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(word, words[i].word))
			continue;
		*provider = words[i].provider;
		return 0;
	}
	return -EINVAL;
}

/* The argument decides, else the environment, else AUTO stays. */
static int decide(struct provider *provider, enum aoipool_provider *ask)
{
	const char *word;
	int err;

	if (*ask != AOIPOOL_PROVIDER_AUTO) {
		provider_because(provider, "asked for by the caller");
		return 0;
	}
	word = getenv(PROVIDER_VARIABLE);
	if (!word)
		return 0;
	err = parse(word, ask);
	if (err)
		log_line(&provider->log, AOIPOOL_LOG_ERROR,
			 PROVIDER_VARIABLE
			 " is \"%s\": say kernel, user or auto",
			 word);
	else if (*ask != AOIPOOL_PROVIDER_AUTO)
		provider_because(provider, "forced by " PROVIDER_VARIABLE);
	return err;
}

static int open_on(struct provider *provider,
		   const struct aoipool_provider_ops *ops,
		   const struct provider_params *params)
{
	int err;

	provider->ops = ops;
	err = ops->open(provider, params);
	if (err)
		return err;
	log_line(&provider->log, AOIPOOL_LOG_INFO,
		 "pool %s: provider %s: %s", params->name, ops->name,
		 provider->reason);
	return 0;
}

/* Only a device that cannot be opened makes room for the user provider. */
static int open_either(struct provider *provider,
		       const struct provider_params *params)
{
	int err = open_on(provider, &provider_kernel_ops, params);

	if (err != -ENODEV && err != -EACCES)
		return err;
	return open_on(provider, &provider_user_ops, params);
}

int provider_open(struct provider *provider, enum aoipool_provider ask,
		  const struct aoipool_provider_ops *ops,
		  const struct provider_params *params)
{
	int err;

	*provider = (struct provider){ .log = params->log, .watch_fd = -1 };
	if (ops)
		return open_on(provider, ops, params);
	err = decide(provider, &ask);
	if (err)
		return err;
	switch (ask) {
	case AOIPOOL_PROVIDER_KERNEL:
		return open_on(provider, &provider_kernel_ops, params);
	case AOIPOOL_PROVIDER_USER:
		return open_on(provider, &provider_user_ops, params);
	default:
		return open_either(provider, params);
	}
}

void provider_close(struct provider *provider, bool forked)
{
	if (forked)
		provider->ops->abandon(provider);
	else
		provider->ops->close(provider);
}

void provider_tell(struct provider *provider)
{
	/* a load first: this is on the way of every get */
	if (!__atomic_load_n(&provider->notes, __ATOMIC_RELAXED))
		return;
	if (__atomic_exchange_n(&provider->notes, 0, __ATOMIC_RELAXED) &
	    PROVIDER_NOTE_SMALL_PAGES)
		log_line(&provider->log, AOIPOOL_LOG_WARNING,
			 "no huge page could be made for some blocks: they are "
			 "on 4 KiB pages");
}
