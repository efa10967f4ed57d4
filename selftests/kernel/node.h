/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NUMA nodes: which there are, and which one a page is on.
 */
#ifndef NODE_H
#define NODE_H

#include <stdbool.h>
#include <stddef.h>

bool node_has_memory(int node);
/* The node of a mapped page as move_pages() sees it, or a negative errno. */
int node_of(const void *mem);
/* The same by get_mempolicy(), which faults the page in. */
int node_of_policy(const void *mem);
/* Every block of [@mem, @mem + @bytes) is on @node. */
bool node_is(const void *mem, size_t bytes, int node);

/* Bind this thread's allocations, or a mapping, to one node; -1 unbinds. */
int node_bind_self(int node);
int node_bind_range(void *mem, size_t bytes, int node);
/* Run on the CPUs of one node only. */
int node_run_on(int node);

#endif /* NODE_H */
