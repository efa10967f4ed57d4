// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "exposition.h"

#include <stdio.h>

#include <aoipool.h>

#include "field.h"
#include "kinds.h"
#include "tunable.h"

static const struct metric_family up = {
	"aoipool_up", "Whether module aoipool is loaded and answers.",
	METRIC_GAUGE, false,
};
static const struct metric_family build_info = {
	"aoipool_build_info",
	"Always 1; versions of aoipoolctl and of the module, which is empty where it is not loaded.",
	METRIC_GAUGE, false,
};
static const struct metric_family success = {
	"aoipool_scrape_success", "Whether all could be read.", METRIC_GAUGE,
	false,
};
static const struct metric_family duration = {
	"aoipool_scrape_duration_seconds",
	"What reading it all took.", METRIC_GAUGE, true,
};
static const struct metric_family memory = {
	"aoipool_memory_bytes",
	"Memory of all pools and the depot by kind: leased, reclaimable, reserved, apart, depot; they add up.",
	METRIC_GAUGE, false,
};

static void put_build_info(const struct sample *sample,
			   struct metric_sink *sink)
{
	char module[TUNABLE_BYTES] = "", abi[16] = "";
	const struct metric_label labels[] = {
		{ "version", aoipool_version() },
		{ "module_version", module },
		{ "module_abi", abi },
		{ 0 },
	};

	if (sample->has_module) {
		if (tunable_read("version", module))
			*module = '\0';
		snprintf(abi, sizeof(abi), "%u", sample->host.abi_version);
	}
	sink->begin(sink, &build_info);
	sink->sample(sink, "", labels, 1);
}

static void put_kind(struct metric_sink *sink, const char *kind, uint64_t bytes)
{
	const struct metric_label labels[] = { { "kind", kind }, { 0 } };

	sink->sample(sink, "", labels, bytes);
}

static void put_kinds(const struct sample *sample, struct metric_sink *sink)
{
	struct kinds kinds = kinds_of_sample(sample);

	sink->begin(sink, &memory);
	put_kind(sink, "leased", kinds.leased_bytes);
	put_kind(sink, "reclaimable", kinds.reclaimable_bytes);
	put_kind(sink, "reserved", kinds.reserved_bytes);
	put_kind(sink, "apart", kinds.apart_bytes);
	put_kind(sink, "depot", kinds.depot_bytes);
}

unsigned int exposition_wants(const struct exposition *exposition)
{
	/* those of the user provider are known by their ledgers only */
	unsigned int wanted = SAMPLE_NODES | SAMPLE_LEDGERS;

	return exposition->top ? wanted | SAMPLE_POOLS | SAMPLE_CUSTODY :
				 wanted;
}

void exposition_write(const struct exposition *exposition,
		      const struct sample *sample, uint64_t took_ns,
		      struct metric_sink *sink)
{
	field_put(sink, &up, sample->has_module);
	put_build_info(sample, sink);
	field_put(sink, &success, 1);
	field_put(sink, &duration, took_ns);
	put_kinds(sample, sink);
	if (sample->has_module)
		exposition_module(exposition, sample, sink);
	exposition_processes(exposition, sample, sink);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

int exposition_take(const struct exposition *exposition,
		    struct metric_sink *sink)
{
	uint64_t began = now_ns();
	struct sample sample;
	int err = sample_take(&sample, exposition_wants(exposition));

	if (err) {
		field_put(sink, &success, 0);
		field_put(sink, &duration, now_ns() - began);
		return err;
	}
	exposition_write(exposition, &sample, now_ns() - began, sink);
	sample_free(&sample);
	return 0;
}
