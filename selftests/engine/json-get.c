// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * json-get FILE [KEY...] - check that FILE is JSON, print what is found by
 * following the keys: a number, a string or, compact and sorted, a whole tree.
 */
#include <stdio.h>

#include <jansson.h>

int main(int argc, char **argv)
{
	json_error_t error;
	json_t *root, *at;

	if (argc < 2)
		return 2;
	root = json_load_file(argv[1], JSON_REJECT_DUPLICATES, &error);
	if (!root) {
		fprintf(stderr, "%s:%d: %s\n", argv[1], error.line, error.text);
		return 1;
	}
	at = root;
	for (int n = 2; n < argc; n++)
		at = json_object_get(at, argv[n]);
	if (!at) {
		fprintf(stderr, "%s: no such key\n", argv[1]);
		return 1;
	}
	if (json_is_string(at))
		puts(json_string_value(at));
	else
		json_dumpf(at, stdout,
			   JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(root);
	return 0;
}
