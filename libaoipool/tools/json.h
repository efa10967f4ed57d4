/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * JSON by jansson.  What cannot be allocated makes a NULL, which every call
 * passes on, so that only json_show() looks for it.
 */
#ifndef JSON_H
#define JSON_H

#include <stdint.h>

#include <jansson.h>

json_t *json_number(uint64_t value);

/* Names of pools and processes may hold anything; JSON wants UTF-8. */
json_t *json_text(const char *text);

/**
 * json_show() - print a document, and be done with it
 * @document: consumed; NULL is -ENOMEM
 * @flags: JSON_INDENT(2) for one that is whole, JSON_COMPACT for a line of many
 *
 * Return: 0; -ENOMEM; -EIO and others of the output.
 */
int json_show(json_t *document, size_t flags);

#endif
