// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Levels by table: what memory says, what was heard, and when they fall. */
#include "fixture.h"
#include "level.h"

#define TOTAL	((uint64_t)100000 << 20)

#define NONE		AOIPOOL_LEVEL_NONE
#define LOW		AOIPOOL_LEVEL_LOW
#define HIGH		AOIPOOL_LEVEL_HIGH
#define CRITICAL	AOIPOOL_LEVEL_CRITICAL

/* At a time in ms, with so many percent available and so much heard. */
struct step {
	uint64_t ms;
	uint64_t permille;
	enum aoipool_pressure_level least, expect;
};

static struct host_memory memory_of(uint64_t permille)
{
	return (struct host_memory){
		.total_bytes = TOTAL,
		.available_bytes = TOTAL / 1000 * permille,
	};
}

/* Changes are told as such, and nothing else is. */
static void walk(const struct step *steps, size_t n)
{
	struct level level = { .now = NONE };

	for (size_t i = 0; i < n; i++) {
		struct host_memory memory = memory_of(steps[i].permille);
		enum aoipool_pressure_level before = level.now;
		bool changed = level_update(&level, &memory, steps[i].least,
					    (10000 + steps[i].ms) * 1000000);

		if (level.now != steps[i].expect)
			print_error("# step %zu: level %d\n", i, level.now);
		assert_int_equal(level.now, steps[i].expect);
		assert_int_equal(changed, level.now != before);
	}
}

#define WALK(steps)	walk(steps, ARRAY_SIZE(steps))

static void a_level_rises_at_its_threshold_and_at_once(void **state)
{
	static const struct step steps[] = {
		{ 0, 500, NONE, NONE }, { 1, 200, NONE, NONE },
		{ 2, 199, NONE, LOW },	{ 3, 100, NONE, LOW },
		{ 4, 99, NONE, HIGH },	{ 5, 50, NONE, HIGH },
		{ 6, 49, NONE, CRITICAL },
	};
	static const struct step jump[] = { { 0, 10, NONE, CRITICAL } };

	(void)state;
	WALK(steps);
	WALK(jump);
}

static void a_level_falls_well_above_its_threshold(void **state)
{
	static const struct step steps[] = {
		{ 0, 199, NONE, LOW },	   { 5000, 200, NONE, LOW },
		{ 10000, 229, NONE, LOW }, { 15000, 231, NONE, NONE },
		{ 20000, 99, NONE, HIGH }, { 25000, 129, NONE, HIGH },
		{ 30000, 131, NONE, LOW }, { 35000, 131, NONE, LOW },
	};

	(void)state;
	WALK(steps);
}

static void a_level_falls_one_step_a_second(void **state)
{
	static const struct step steps[] = {
		{ 0, 10, NONE, CRITICAL },    { 999, 900, NONE, CRITICAL },
		{ 1000, 900, NONE, HIGH },    { 1999, 900, NONE, HIGH },
		{ 2000, 900, NONE, LOW },     { 9000, 900, NONE, NONE },
		{ 9001, 900, NONE, NONE },
	};

	(void)state;
	WALK(steps);
}

static void a_level_that_rises_again_falls_a_second_later(void **state)
{
	static const struct step steps[] = {
		{ 0, 150, NONE, LOW },	  { 900, 90, NONE, HIGH },
		{ 1500, 900, NONE, HIGH }, { 1900, 900, NONE, LOW },
	};

	(void)state;
	WALK(steps);
}

static void what_was_heard_holds_for_a_second(void **state)
{
	static const struct step steps[] = {
		{ 0, 900, LOW, LOW },	     { 999, 900, NONE, LOW },
		{ 1000, 900, NONE, NONE },   { 2000, 900, LOW, LOW },
		{ 2900, 900, LOW, LOW },     { 3100, 900, NONE, LOW },
		{ 3900, 900, NONE, NONE },   { 5000, 150, CRITICAL, CRITICAL },
		{ 6000, 150, NONE, HIGH },
	};

	(void)state;
	WALK(steps);
}

static void memory_without_a_bound_is_never_short(void **state)
{
	struct host_memory unbound = { 0 };
	struct level level = { .now = HIGH, .changed_ns = 0 };

	(void)state;
	assert_true(level_update(&level, &unbound, NONE, LEVEL_STEP_NS));
	assert_int_equal(level.now, LOW);
	assert_int_equal(level_missing(HIGH, &unbound), 0);
}

static void as_much_is_missing_as_lets_the_level_fall(void **state)
{
	struct host_memory memory = memory_of(90);

	(void)state;
	assert_int_equal(level_missing(NONE, &memory), 0);
	assert_int_equal(level_missing(HIGH, &memory),
			 TOTAL / 100 * 13 - TOTAL / 1000 * 90);
	memory.available_bytes += level_missing(HIGH, &memory);
	assert_int_equal(level_missing(HIGH, &memory), 0);
}

static void the_policy_is_the_modules(void **state)
{
	(void)state;
	assert_int_equal(level_decay_ms(NONE), 10000);
	assert_int_equal(level_decay_ms(LOW), 1000);
	assert_int_equal(level_decay_ms(HIGH), 0);
	assert_int_equal(level_decay_ms(CRITICAL), 0);
	assert_int_equal(level_grace_ns(LOW), 500000000);
	assert_int_equal(level_grace_ns(HIGH), 100000000);
	assert_int_equal(level_grace_ns(CRITICAL), 0);
}

int main(void)
{
	const struct CMUnitTest level[] = {
		cmocka_unit_test(a_level_rises_at_its_threshold_and_at_once),
		cmocka_unit_test(a_level_falls_well_above_its_threshold),
		cmocka_unit_test(a_level_falls_one_step_a_second),
		cmocka_unit_test(a_level_that_rises_again_falls_a_second_later),
		cmocka_unit_test(what_was_heard_holds_for_a_second),
		cmocka_unit_test(memory_without_a_bound_is_never_short),
		cmocka_unit_test(as_much_is_missing_as_lets_the_level_fall),
		cmocka_unit_test(the_policy_is_the_modules),
	};

	return RUN(level);
}
