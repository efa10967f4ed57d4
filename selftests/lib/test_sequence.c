// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The account of events: each number is heard or told as lost, once. */
#include "sequence.h"
#include "test.h"

enum act { ACT_TAKE, ACT_REACH, ACT_RESTART };

/* What happens, and what is to come of it. */
struct step {
	enum act act;
	uint64_t seq;
	uint64_t lost;
	bool old;
};

static void step_do(struct sequence *sequence, const struct step *step)
{
	uint64_t lost = 0;
	bool news = true;

	switch (step->act) {
	case ACT_TAKE:
		news = sequence_take(sequence, step->seq, &lost);
		break;
	case ACT_REACH:
		lost = sequence_reach(sequence, step->seq);
		assert_false(sequence_behind(sequence, step->seq));
		break;
	case ACT_RESTART:
		sequence_restart(sequence);
		break;
	}
	assert_int_equal(lost, step->lost);
	assert_int_equal(!news, step->old);
}

static void play(const struct step *steps, size_t n)
{
	struct sequence sequence = { 0 };

	for (size_t i = 0; i < n; i++)
		step_do(&sequence, &steps[i]);
}

#define TAKE(n)		.act = ACT_TAKE, .seq = (n)
#define REACH(n)	.act = ACT_REACH, .seq = (n)
#define RESTART		.act = ACT_RESTART

#define PLAY(...) \
	do { \
		const struct step steps_[] = { __VA_ARGS__ }; \
		play(steps_, ARRAY_SIZE(steps_)); \
	} while (0)

static void the_first_event_begins_anywhere(void **state)
{
	(void)state;
	PLAY({ TAKE(7) }, { TAKE(8) });
	PLAY({ TAKE(0) }, { TAKE(1) });
	PLAY({ TAKE(UINT64_MAX) }, { TAKE(0) });
}

static void a_gap_is_lost(void **state)
{
	(void)state;
	PLAY({ TAKE(7) }, { TAKE(9), .lost = 1 }, { TAKE(10) });
	PLAY({ TAKE(7) }, { TAKE(1000), .lost = 992 });
}

static void a_gap_at_the_end_is_lost_when_asked(void **state)
{
	(void)state;
	PLAY({ TAKE(7) }, { REACH(7) }, { REACH(12), .lost = 5 },
	     { REACH(12) }, { TAKE(13) });
}

static void what_was_told_as_lost_is_no_news(void **state)
{
	(void)state;
	PLAY({ TAKE(7) }, { REACH(12), .lost = 5 }, { TAKE(12), .old = true },
	     { TAKE(8), .old = true }, { TAKE(13) });
	PLAY({ TAKE(7) }, { TAKE(7), .old = true }, { TAKE(8) });
}

static void an_answer_that_is_behind_takes_nothing_back(void **state)
{
	(void)state;
	PLAY({ TAKE(7) }, { REACH(3) }, { TAKE(8) });
}

/* Before the first event: what it counts may still be under way. */
static void the_first_answer_is_where_to_begin(void **state)
{
	(void)state;
	PLAY({ REACH(5) }, { TAKE(6) });
	PLAY({ REACH(5) }, { TAKE(4) }, { TAKE(5) }, { TAKE(6) });
	PLAY({ REACH(5) }, { TAKE(8), .lost = 2 });
	PLAY({ REACH(5) }, { REACH(9), .lost = 4 }, { TAKE(10) });
}

static void after_a_restart_everything_counts(void **state)
{
	(void)state;
	PLAY({ TAKE(700) }, { RESTART }, { TAKE(1) }, { TAKE(2) });
	PLAY({ TAKE(700) }, { RESTART }, { TAKE(4), .lost = 3 });
	PLAY({ TAKE(700) }, { RESTART }, { REACH(0) }, { TAKE(1) });
	PLAY({ TAKE(700) }, { RESTART }, { REACH(3), .lost = 3 }, { TAKE(4) });
	PLAY({ RESTART }, { TAKE(2), .lost = 1 });
}

static void numbers_may_wrap(void **state)
{
	(void)state;
	PLAY({ TAKE(UINT64_MAX - 1) }, { TAKE(UINT64_MAX) }, { TAKE(0) });
	PLAY({ TAKE(UINT64_MAX - 1) }, { TAKE(1), .lost = 2 });
	PLAY({ TAKE(UINT64_MAX) }, { TAKE(UINT64_MAX), .old = true });
	PLAY({ TAKE(UINT64_MAX - 1) }, { REACH(2), .lost = 4 }, { TAKE(3) });
	PLAY({ TAKE(1) }, { TAKE(UINT64_MAX), .old = true });
}

int main(void)
{
	const struct CMUnitTest sequence[] = {
		cmocka_unit_test(the_first_event_begins_anywhere),
		cmocka_unit_test(a_gap_is_lost),
		cmocka_unit_test(a_gap_at_the_end_is_lost_when_asked),
		cmocka_unit_test(what_was_told_as_lost_is_no_news),
		cmocka_unit_test(an_answer_that_is_behind_takes_nothing_back),
		cmocka_unit_test(the_first_answer_is_where_to_begin),
		cmocka_unit_test(after_a_restart_everything_counts),
		cmocka_unit_test(numbers_may_wrap),
	};

	return RUN(sequence);
}
