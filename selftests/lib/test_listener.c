// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* What a listener hears of a module that loses events, comes and goes. */
#include <linux/aoipool.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>

#include "fake_family.h"
#include "heard.h"
#include "test.h"

#define SMALL_BYTES	4096
#define FLOOD		500

static struct heard heard;

/* A listener that has caught up. */
static int open_listener(void **state)
{
	fake_family_set_up(state);
	assert_ok(heard_open(&heard, 0, SMALL_BYTES));
	heard_out(&heard);
	assert_int_equal(heard.nr, 0);
	return 0;
}

/* The test opens it itself. */
static int no_listener(void **state)
{
	heard.listener = NULL;
	return fake_family_set_up(state);
}

static int close_listener(void **state)
{
	aoipool_listener_close(heard.listener);
	return fake_family_tear_down(state);
}

static void assert_event(size_t i, enum aoipool_event_kind kind, uint64_t seq)
{
	assert_true(i < heard.nr);
	assert_int_equal(heard.events[i].kind, kind);
	assert_int_equal(heard.events[i].seq, seq);
}

static void assert_lost(size_t i, uint64_t lost, uint64_t seq)
{
	assert_event(i, AOIPOOL_EVENT_LOST, seq);
	assert_int_equal(heard.events[i].lost, lost);
	assert_int_equal(heard.events[i].node, AOIPOOL_EVENT_NODE_HOST);
	assert_true(heard.events[i].time_ns > 0);
}

static void assert_level(size_t i, int node, enum aoipool_pressure_level before,
			 enum aoipool_pressure_level now)
{
	assert_event(i, AOIPOOL_EVENT_LEVEL, 0);
	assert_int_equal(heard.events[i].node, node);
	assert_int_equal(heard.events[i].level_before, before);
	assert_int_equal(heard.events[i].level, now);
}

static struct aoipool_host_state state_of(void)
{
	struct aoipool_host_state state = { .size = sizeof(state) };

	aoipool_listener_state(heard.listener, &state);
	return state;
}

/* Each event of the module's was heard or told as lost. */
static void assert_account_is_straight(void)
{
	struct aoipool_host_state state = state_of();

	assert_int_equal(state.received + state.missed, fake_family.seq);
	assert_int_equal(state.missed, heard.lost);
}

static void events_come_as_they_were_sent(void **state)
{
	(void)state;
	for (uint64_t pool = 1; pool <= 3; pool++)
		fake_sweep(pool);
	heard_await(&heard, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_event(i, AOIPOOL_EVENT_SWEEP, i + 1);
		assert_int_equal(heard.events[i].pool, i + 1);
	}
	heard_out(&heard);
	assert_int_equal(heard.nr, 3);
	assert_account_is_straight();
}

static void no_more_are_told_than_were_asked_for(void **state)
{
	(void)state;
	for (uint64_t pool = 1; pool <= 3; pool++)
		fake_sweep(pool);
	assert_int_equal(aoipool_listener_dispatch(heard.listener, 2), 2);
	assert_int_equal(heard.nr, 2);
	assert_false(heard_is_quiet(&heard));
	assert_int_equal(aoipool_listener_dispatch(heard.listener, 2), 1);
	assert_err(aoipool_listener_dispatch(heard.listener, 0), -EINVAL);
}

static void events_from_before_are_nobodys_loss(void **state)
{
	(void)state;
	fake_drop(1000);
	assert_ok(heard_open(&heard, 0, 0));
	heard_out(&heard);
	fake_sweep(1);
	heard_await(&heard, 1);
	assert_event(0, AOIPOOL_EVENT_SWEEP, 1001);
	assert_int_equal(state_of().missed, 0);
}

static void a_gap_is_told_before_what_is_behind_it(void **state)
{
	(void)state;
	fake_sweep(1);
	fake_drop(3);
	fake_sweep(2);
	heard_await(&heard, 3);
	assert_event(0, AOIPOOL_EVENT_SWEEP, 1);
	assert_lost(1, 3, 4);
	assert_event(2, AOIPOOL_EVENT_SWEEP, 5);
	heard_out(&heard);
	assert_int_equal(heard.nr, 3);
}

/* Nothing follows: the module has to be asked. */
static void what_an_overrun_lost_is_told_without_a_further_event(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < FLOOD; i++)
		fake_sweep(i);
	heard_out(&heard);
	assert_int_equal(heard.nr_lost, 1);
	assert_in_range(heard.lost, 1, FLOOD - 1);
	assert_int_equal(heard.nr - 1 + heard.lost, FLOOD);
	assert_int_equal(state_of().overruns, 1);
	assert_account_is_straight();
}

static void what_overruns_lost_is_told_again_and_again(void **state)
{
	unsigned int n = rounds(20);

	(void)state;
	for (unsigned int round = 0; round < n; round++) {
		for (unsigned int i = 0; i < FLOOD / 10; i++)
			fake_sweep(i);
		aoipool_listener_dispatch(heard.listener, 1 + round % 7);
	}
	heard_out(&heard);
	assert_true(heard.nr_lost > 0);
	assert_account_is_straight();
}

/* The module counts an event before it sends it. */
static void what_is_under_way_is_not_lost(void **state)
{
	struct nl_msg *late;

	(void)state;
	fake_family.time_stands_still = true;
	fake_drop(1);
	fake_sweep(1);
	late = fake_event(AOIPOOL_GENL_SWEEP);
	heard_await(&heard, 2);
	assert_int_equal(aoipool_listener_dispatch(heard.listener, 9), 0);
	fake_send(late);
	heard_out(&heard);
	assert_int_equal(heard.nr, 3);
	assert_lost(0, 1, 1);
	assert_event(2, AOIPOOL_EVENT_SWEEP, 3);
	assert_account_is_straight();
}

static void what_comes_after_it_was_told_as_lost_is_not_told(void **state)
{
	struct nl_msg *late;

	(void)state;
	fake_sweep(1);
	late = fake_event(AOIPOOL_GENL_SWEEP);
	fake_sweep(2);
	heard_await(&heard, 3);
	fake_send(late);
	heard_out(&heard);
	assert_int_equal(heard.nr, 3);
	assert_lost(1, 1, 2);
	assert_account_is_straight();
}

static void an_event_of_an_unknown_kind_is_counted_only(void **state)
{
	(void)state;
	fake_sweep(1);
	fake_send(fake_event(200));
	fake_sweep(2);
	heard_await(&heard, 2);
	assert_event(1, AOIPOOL_EVENT_SWEEP, 3);
	heard_out(&heard);
	assert_int_equal(heard.nr, 2);
	assert_int_equal(state_of().received, 3);
}

static void an_event_that_cannot_be_read_is_lost(void **state)
{
	struct nl_msg *event = fake_event(AOIPOOL_GENL_SWEEP);

	(void)state;
	nla_put(event, AOIPOOL_A_NAME, 4, "camera");
	fake_send(event);
	heard_out(&heard);
	assert_int_equal(heard.nr, 1);
	assert_lost(0, 1, 1);
}

static void messages_of_another_family_are_none(void **state)
{
	(void)state;
	fake_family.id += 5;
	fake_sweep(1);
	fake_family.id -= 5;
	fake_family.seq = 0;
	heard_out(&heard);
	assert_int_equal(heard.nr, 0);
}

static void levels_that_changed_unheard_are_told(void **state)
{
	(void)state;
	fake_level(0, AOIPOOL_LEVEL_LOW);
	heard_await(&heard, 1);
	fake_drop(4);
	fake_family.host_level = AOIPOOL_LEVEL_HIGH;
	fake_family.node_level[0] = AOIPOOL_LEVEL_NONE;
	fake_sweep(1);
	heard_out(&heard);
	assert_int_equal(heard.nr, 5);
	assert_lost(1, 4, 5);
	assert_event(2, AOIPOOL_EVENT_SWEEP, 6);
	assert_level(3, AOIPOOL_EVENT_NODE_HOST, AOIPOOL_LEVEL_NONE,
		     AOIPOOL_LEVEL_HIGH);
	assert_level(4, 0, AOIPOOL_LEVEL_LOW, AOIPOOL_LEVEL_NONE);
}

static void levels_that_were_heard_are_not_told_again(void **state)
{
	(void)state;
	fake_drop(1);
	fake_level(AOIPOOL_EVENT_NODE_HOST, AOIPOOL_LEVEL_LOW);
	fake_level(1, AOIPOOL_LEVEL_CRITICAL);
	heard_out(&heard);
	assert_int_equal(heard.nr, 3);
	assert_event(1, AOIPOOL_EVENT_LEVEL, 2);
	assert_event(2, AOIPOOL_EVENT_LEVEL, 3);
}

static void change_after_the_answer(void)
{
	fake_family.when_asked = NULL;
	fake_level(AOIPOOL_EVENT_NODE_HOST, AOIPOOL_LEVEL_CRITICAL);
}

/* The answer was low; then came an event that says critical. */
static void an_answer_is_not_believed_against_a_newer_event(void **state)
{
	(void)state;
	fake_drop(1);
	fake_family.host_level = AOIPOOL_LEVEL_LOW;
	fake_family.when_asked = change_after_the_answer;
	fake_sweep(1);
	heard_out(&heard);
	assert_int_equal(heard.nr, 3);
	assert_event(2, AOIPOOL_EVENT_LEVEL, 3);
	assert_int_equal(heard.events[2].level, AOIPOOL_LEVEL_CRITICAL);
}

static void levels_at_the_beginning_are_told(void **state)
{
	(void)state;
	fake_family.host_level = AOIPOOL_LEVEL_HIGH;
	fake_family.node_level[1] = AOIPOOL_LEVEL_HIGH;
	assert_ok(heard_open(&heard, 0, 0));
	heard_out(&heard);
	assert_int_equal(heard.nr, 2);
	assert_level(0, AOIPOOL_EVENT_NODE_HOST, AOIPOOL_LEVEL_NONE,
		     AOIPOOL_LEVEL_HIGH);
	assert_level(1, 1, AOIPOOL_LEVEL_NONE, AOIPOOL_LEVEL_HIGH);
}

static void a_module_that_does_not_answer_is_asked_again(void **state)
{
	(void)state;
	fake_family.ask_err = -EMFILE;
	for (unsigned int i = 0; i < FLOOD; i++)
		fake_sweep(i);
	while (!heard_is_quiet(&heard))
		aoipool_listener_dispatch(heard.listener, FLOOD);
	assert_int_equal(heard.nr_lost, 0);
	fake_family.ask_err = 0;
	heard_out(&heard);
	assert_int_equal(heard.nr_lost, 1);
	fake_family.ask_err = -ENOMEM;
	assert_int_equal(state_of().missed, heard.lost);
}

/*
 * The module comes and goes.
 */
static void without_a_module_it_is_not_opened(void **state)
{
	(void)state;
	fake_family_unload();
	assert_err(heard_open(&heard, 0, 0), -ENODEV);
	assert_null(heard.listener);
}

static void a_module_is_waited_for(void **state)
{
	int fd;

	(void)state;
	fake_family_unload();
	assert_ok(heard_open(&heard, AOIPOOL_LISTENER_WAIT, 0));
	fd = aoipool_listener_fd(heard.listener);
	heard_out(&heard);
	assert_int_equal(aoipool_listener_dispatch(heard.listener, 9), 0);
	fake_family_load();
	heard_out(&heard);
	fake_sweep(1);
	heard_await(&heard, 1);
	assert_event(0, AOIPOOL_EVENT_SWEEP, 1);
	assert_int_equal(aoipool_listener_fd(heard.listener), fd);
	assert_int_equal(state_of().restarts, 0);
}

static void what_a_module_did_before_it_was_seen_is_told(void **state)
{
	(void)state;
	fake_family_unload();
	assert_ok(heard_open(&heard, AOIPOOL_LISTENER_WAIT, 0));
	fake_family_load();
	fake_sweep(1);
	fake_sweep(2);
	heard_await(&heard, 1);
	assert_lost(0, 2, 2);
	assert_account_is_straight();
}

static void a_module_that_is_loaded_again_is_heard_again(void **state)
{
	int fd = aoipool_listener_fd(heard.listener);

	(void)state;
	fake_sweep(1);
	fake_sweep(2);
	fake_family_unload();
	heard_out(&heard);
	assert_int_equal(heard.nr, 3);
	assert_lost(2, 0, 0);
	fake_family_load();
	heard_out(&heard);
	fake_sweep(3);
	heard_await(&heard, 4);
	assert_event(3, AOIPOOL_EVENT_SWEEP, 1);
	assert_int_equal(state_of().restarts, 1);
	assert_int_equal(aoipool_listener_fd(heard.listener), fd);
}

/* Its last words are heard before the news that it went. */
static void a_module_that_is_replaced_unwatched_is_heard_out(void **state)
{
	(void)state;
	fake_sweep(1);
	fake_family_unload();
	fake_family_load();
	fake_drop(2);
	heard_out(&heard);
	assert_int_equal(heard.nr, 3);
	assert_event(0, AOIPOOL_EVENT_SWEEP, 1);
	assert_lost(1, 0, 0);
	assert_lost(2, 2, 2);
	fake_sweep(2);
	heard_await(&heard, 4);
	assert_event(3, AOIPOOL_EVENT_SWEEP, 3);
}

static void replace_with_last_words(void)
{
	fake_family.when_looked_for = NULL;
	fake_sweep(1);
	fake_family.id++;
	fake_family.seq = 0;
}

/* All was read that there was; then it spoke once more. */
static void last_words_of_the_last_moment_are_heard(void **state)
{
	(void)state;
	fake_family.when_looked_for = replace_with_last_words;
	fake_family_news(CTRL_CMD_NEWFAMILY, fake_family.id, "aoipool");
	heard_out(&heard);
	assert_int_equal(heard.nr, 2);
	assert_event(0, AOIPOOL_EVENT_SWEEP, 1);
	assert_lost(1, 0, 0);
	fake_sweep(2);
	heard_await(&heard, 3);
	assert_event(2, AOIPOOL_EVENT_SWEEP, 1);
}

static void last_words_are_heard_a_few_at_a_time(void **state)
{
	(void)state;
	fake_sweep(1);
	fake_sweep(2);
	fake_family_unload();
	fake_family_load();
	for (size_t nr = 1; nr <= 3; nr++) {
		assert_false(heard_is_quiet(&heard));
		while (heard.nr < nr)
			assert_int_equal(aoipool_listener_dispatch(
						 heard.listener, 1), 1);
	}
	assert_lost(2, 0, 0);
	heard_out(&heard);
	fake_sweep(3);
	heard_await(&heard, 4);
	assert_event(3, AOIPOOL_EVENT_SWEEP, 1);
}

/* What is known to be missing is told as long as it can be. */
static void a_loss_is_told_before_the_module_is_gone(void **state)
{
	(void)state;
	fake_drop(1);
	fake_sweep(1);
	fake_drop(4);
	heard_await(&heard, 2);
	fake_family_unload();
	heard_out(&heard);
	assert_int_equal(heard.nr, 4);
	assert_lost(2, 4, 6);
	assert_lost(3, 0, 0);
}

static void a_level_that_a_new_module_does_not_have_is_taken_back(void **state)
{
	(void)state;
	fake_level(AOIPOOL_EVENT_NODE_HOST, AOIPOOL_LEVEL_HIGH);
	fake_family_unload();
	fake_family.host_level = AOIPOOL_LEVEL_NONE;
	fake_family_load();
	heard_out(&heard);
	assert_int_equal(heard.nr, 3);
	assert_level(2, AOIPOOL_EVENT_NODE_HOST, AOIPOOL_LEVEL_HIGH,
		     AOIPOOL_LEVEL_NONE);
}

static void news_of_others_and_old_news_change_nothing(void **state)
{
	(void)state;
	fake_family_news(CTRL_CMD_DELFAMILY, fake_family.id, "aoipool2");
	fake_family_news(CTRL_CMD_DELFAMILY, fake_family.id - 1, "aoipool");
	fake_family_news(CTRL_CMD_NEWFAMILY, fake_family.id, "aoipool");
	fake_family_news(CTRL_CMD_NEWOPS, fake_family.id, "aoipool");
	fake_family_news(CTRL_CMD_NEWFAMILY, 99, "nl80211");
	heard_out(&heard);
	fake_sweep(1);
	heard_await(&heard, 1);
	assert_event(0, AOIPOOL_EVENT_SWEEP, 1);
	assert_int_equal(state_of().restarts, 0);
}

/* So many news that those of ours are lost. */
static void news_that_were_lost_are_made_up_for(void **state)
{
	(void)state;
	for (int i = 0; i < 5000; i++)
		fake_family_news(CTRL_CMD_NEWFAMILY, 99, "nl80211");
	fake_family_unload();
	fake_family_load();
	heard_await(&heard, 1);
	assert_lost(0, 0, 0);
	heard_out(&heard);
	fake_sweep(1);
	heard_await(&heard, 2);
	assert_event(1, AOIPOOL_EVENT_SWEEP, 1);
	assert_int_equal(state_of().restarts, 1);
}

static void a_controller_that_cannot_answer_is_asked_again(void **state)
{
	(void)state;
	fake_family_unload();
	fake_family_load();
	fake_family.find_err = -ENOMEM;
	heard_await(&heard, 1);
	assert_lost(0, 0, 0);
	fake_family.find_err = 0;
	heard_out(&heard);
	fake_sweep(1);
	heard_await(&heard, 2);
	assert_event(1, AOIPOOL_EVENT_SWEEP, 1);
}

/*
 * What there is.
 */
static int count_to(void *arg, const struct aoipool_pool_state *pool)
{
	uint64_t *nr = arg;

	assert_int_equal(pool->size, sizeof(*pool));
	if (pool->pool == FAKE_POOLS + 1)
		return 1;
	return ++*nr == pool->pool ? 0 : -EPROTO;
}

static int stop_at_3(void *arg, const struct aoipool_holder_state *holder)
{
	uint64_t *nr = arg;

	++*nr;
	return holder->holder.pool == 3 ? 77 : 0;
}

static void pools_come_one_after_the_other(void **state)
{
	uint64_t nr = 0;

	(void)state;
	assert_ok(aoipool_for_each_pool(count_to, &nr));
	assert_int_equal(nr, FAKE_POOLS);
}

static void a_dump_ends_where_the_caller_says(void **state)
{
	uint64_t nr = 0;

	(void)state;
	assert_err(aoipool_for_each_holder(stop_at_3, &nr), 77);
	assert_int_equal(nr, 3);
}

static void a_dump_that_is_not_of_one_piece_is_made_again(void **state)
{
	uint64_t nr = 0;

	(void)state;
	fake_family.interrupted = 3;
	assert_ok(aoipool_for_each_pool(count_to, &nr));
	assert_int_equal(nr, FAKE_POOLS);
	fake_family.interrupted = 1000;
	nr = 0;
	assert_err(aoipool_for_each_pool(count_to, &nr), -EINTR);
	assert_int_equal(nr, 0);
}

static void without_a_module_there_is_nothing(void **state)
{
	struct aoipool_host_state host = { .size = sizeof(host) };
	uint64_t nr = 0;

	(void)state;
	fake_family_unload();
	assert_err(aoipool_for_each_pool(count_to, &nr), -ENODEV);
	assert_err(aoipool_listener_state(NULL, &host), -ENODEV);
	host.size--;
	assert_err(aoipool_listener_state(NULL, &host), -EINVAL);
}

#define HEARS(name) \
	cmocka_unit_test_setup_teardown(name, open_listener, close_listener)
#define OPENS(name) \
	cmocka_unit_test_setup_teardown(name, no_listener, close_listener)
#define ASKS(name) \
	cmocka_unit_test_setup_teardown(name, fake_family_set_up, \
					fake_family_tear_down)

int main(void)
{
	const struct CMUnitTest listener[] = {
		HEARS(events_come_as_they_were_sent),
		HEARS(no_more_are_told_than_were_asked_for),
		OPENS(events_from_before_are_nobodys_loss),
		HEARS(a_gap_is_told_before_what_is_behind_it),
		HEARS(what_an_overrun_lost_is_told_without_a_further_event),
		HEARS(what_overruns_lost_is_told_again_and_again),
		HEARS(what_is_under_way_is_not_lost),
		HEARS(what_comes_after_it_was_told_as_lost_is_not_told),
		HEARS(an_event_of_an_unknown_kind_is_counted_only),
		HEARS(an_event_that_cannot_be_read_is_lost),
		HEARS(messages_of_another_family_are_none),
		HEARS(levels_that_changed_unheard_are_told),
		HEARS(levels_that_were_heard_are_not_told_again),
		HEARS(an_answer_is_not_believed_against_a_newer_event),
		OPENS(levels_at_the_beginning_are_told),
		HEARS(a_module_that_does_not_answer_is_asked_again),
		ASKS(without_a_module_it_is_not_opened),
		OPENS(a_module_is_waited_for),
		OPENS(what_a_module_did_before_it_was_seen_is_told),
		HEARS(a_module_that_is_loaded_again_is_heard_again),
		HEARS(a_module_that_is_replaced_unwatched_is_heard_out),
		HEARS(last_words_of_the_last_moment_are_heard),
		HEARS(last_words_are_heard_a_few_at_a_time),
		HEARS(a_loss_is_told_before_the_module_is_gone),
		HEARS(a_level_that_a_new_module_does_not_have_is_taken_back),
		HEARS(news_of_others_and_old_news_change_nothing),
		HEARS(news_that_were_lost_are_made_up_for),
		HEARS(a_controller_that_cannot_answer_is_asked_again),
		ASKS(pools_come_one_after_the_other),
		ASKS(a_dump_ends_where_the_caller_says),
		ASKS(a_dump_that_is_not_of_one_piece_is_made_again),
		ASKS(without_a_module_there_is_nothing),
	};

	return RUN(listener);
}
