/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints: memory comes, goes, and loses its owner. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM aoipool

#if !defined(AOIPOOL_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define AOIPOOL_TRACE_H

#include <linux/tracepoint.h>
#include "memory.h"
#include "pool.h"
#include "slab.h"

TRACE_EVENT(aoipool_populate,
	TP_PROTO(const struct aoipool_pool *pool, u32 slab, u32 nth, int node),
	TP_ARGS(pool, slab, nth, node),
	TP_STRUCT__entry(
		__array(char, name, AOIPOOL_NAME_BYTES)
		__field(u64, pool)
		__field(u32, slab)
		__field(u32, nth)
		__field(int, node)
	),
	TP_fast_assign(
		memcpy(__entry->name, pool->name, AOIPOOL_NAME_BYTES);
		__entry->pool = pool->id;
		__entry->slab = slab;
		__entry->nth = nth;
		__entry->node = node;
	),
	TP_printk("pool=%llu name=%s slab=%u block=%u node=%d",
		  __entry->pool, __entry->name, __entry->slab, __entry->nth,
		  __entry->node)
);

TRACE_EVENT(aoipool_bring,
	TP_PROTO(const struct aoipool_pool *pool, int node, int at_once),
	TP_ARGS(pool, node, at_once),
	TP_STRUCT__entry(
		__array(char, name, AOIPOOL_NAME_BYTES)
		__field(u64, pool)
		__field(int, node)
		__field(int, at_once)
	),
	TP_fast_assign(
		memcpy(__entry->name, pool->name, AOIPOOL_NAME_BYTES);
		__entry->pool = pool->id;
		__entry->node = node;
		__entry->at_once = at_once;
	),
	TP_printk("pool=%llu name=%s node=%d at_once=%d",
		  __entry->pool, __entry->name, __entry->node,
		  __entry->at_once)
);

TRACE_DEFINE_ENUM(AOIPOOL_RECLAIM_SHRINKER);
TRACE_DEFINE_ENUM(AOIPOOL_RECLAIM_OOM);
TRACE_DEFINE_ENUM(AOIPOOL_RECLAIM_TRIM);
TRACE_DEFINE_ENUM(AOIPOOL_RECLAIM_LIMIT);
TRACE_DEFINE_ENUM(AOIPOOL_RECLAIM_DECAY);
TRACE_DEFINE_ENUM(AOIPOOL_RECLAIM_IDLE_MAX);

TRACE_EVENT(aoipool_reclaim,
	TP_PROTO(const struct aoipool_pool *pool, u32 slab, int node,
		 unsigned long blocks, enum aoipool_reclaim_cause cause),
	TP_ARGS(pool, slab, node, blocks, cause),
	TP_STRUCT__entry(
		__array(char, name, AOIPOOL_NAME_BYTES)
		__field(u64, pool)
		__field(u32, slab)
		__field(int, node)
		__field(unsigned long, blocks)
		__field(int, cause)
	),
	TP_fast_assign(
		memcpy(__entry->name, pool->name, AOIPOOL_NAME_BYTES);
		__entry->pool = pool->id;
		__entry->slab = slab;
		__entry->node = node;
		__entry->blocks = blocks;
		__entry->cause = cause;
	),
	TP_printk("pool=%llu name=%s slab=%u node=%d blocks=%lu cause=%s",
		  __entry->pool, __entry->name, __entry->slab, __entry->node,
		  __entry->blocks,
		  __print_symbolic(__entry->cause,
				   { AOIPOOL_RECLAIM_SHRINKER, "shrinker" },
				   { AOIPOOL_RECLAIM_OOM, "oom" },
				   { AOIPOOL_RECLAIM_TRIM, "trim" },
				   { AOIPOOL_RECLAIM_LIMIT, "limit" },
				   { AOIPOOL_RECLAIM_DECAY, "decay" },
				   { AOIPOOL_RECLAIM_IDLE_MAX, "idle_max" }))
);

TRACE_EVENT(aoipool_sweep,
	TP_PROTO(const struct aoipool_pool *pool, u32 client, u32 slabs),
	TP_ARGS(pool, client, slabs),
	TP_STRUCT__entry(
		__array(char, name, AOIPOOL_NAME_BYTES)
		__field(u64, pool)
		__field(u32, client)
		__field(u32, slabs)
	),
	TP_fast_assign(
		memcpy(__entry->name, pool->name, AOIPOOL_NAME_BYTES);
		__entry->pool = pool->id;
		__entry->client = client;
		__entry->slabs = slabs;
	),
	TP_printk("pool=%llu name=%s client=%u slabs=%u",
		  __entry->pool, __entry->name, __entry->client,
		  __entry->slabs)
);

TRACE_EVENT(aoipool_level,
	TP_PROTO(int node, enum aoipool_pressure before,
		 enum aoipool_pressure now, const struct aoipool_memory *memory),
	TP_ARGS(node, before, now, memory),
	TP_STRUCT__entry(
		__field(int, node)
		__field(u32, before)
		__field(u32, now)
		__field(unsigned long, available)
		__field(unsigned long, total)
	),
	TP_fast_assign(
		__entry->node = node;
		__entry->before = before;
		__entry->now = now;
		__entry->available = memory->available;
		__entry->total = memory->total;
	),
	TP_printk("node=%d before=%u now=%u available=%lu total=%lu",
		  __entry->node, __entry->before, __entry->now,
		  __entry->available, __entry->total)
);

TRACE_EVENT(aoipool_look,
	TP_PROTO(u32 pools, unsigned int next_ms),
	TP_ARGS(pools, next_ms),
	TP_STRUCT__entry(
		__field(u32, pools)
		__field(unsigned int, next_ms)
	),
	TP_fast_assign(
		__entry->pools = pools;
		__entry->next_ms = next_ms;
	),
	TP_printk("pools=%u next_ms=%u", __entry->pools, __entry->next_ms)
);

#endif /* AOIPOOL_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
