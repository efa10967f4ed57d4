// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <linux/aoipool.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/socket.h>
#include <string.h>
#include <unistd.h>

#include "fake_family.h"
#include "test.h"
#include "wrap_listener.h"

/* Of the 32 that there are, so that programs beside us have their own. */
#define GROUPS		30
#define EVENTS_GROUP	(1 + getpid() % GROUPS)
#define NEWS_GROUP	(1 + (getpid() + 1) % GROUPS)

struct fake_family fake_family;

static struct nl_sock *sender;

int __wrap_genl_connect(struct nl_sock *socket)
{
	return nl_connect(socket, NETLINK_USERSOCK);
}

bool __wrap_socket_from_kernel(struct nl_msg *message)
{
	(void)message;
	return true;
}

int __wrap_family_find(struct family *family)
{
	if (fake_family.when_looked_for)
		fake_family.when_looked_for();
	if (fake_family.find_err)
		return fake_family.find_err;
	if (!fake_family.loaded)
		return -ENODEV;
	*family = (struct family){ fake_family.id, EVENTS_GROUP };
	return 0;
}

int __wrap_family_watch_group(int *group)
{
	*group = NEWS_GROUP;
	return 0;
}

void __wrap_alarm_set(struct alarm *alarm, unsigned int milliseconds)
{
	if (!milliseconds || !fake_family.time_stands_still)
		__real_alarm_set(alarm, milliseconds / 10);
}

static struct nl_msg *message_begin(int type, uint8_t command)
{
	struct nl_msg *message = nlmsg_alloc();

	assert_non_null(genlmsg_put(message, 0, 0, type, 0, 0, command, 1));
	return message;
}

static int answer(const struct request *request, struct nl_msg *message)
{
	int err = request->hear(request->arg, nlmsg_hdr(message));

	nlmsg_free(message);
	return err;
}

static int answer_state(const struct request *request)
{
	struct nl_msg *message =
		message_begin(fake_family.id, AOIPOOL_GENL_GET_STATE);

	nla_put_u64(message, AOIPOOL_A_SEQ, fake_family.seq);
	nla_put_u32(message, AOIPOOL_A_LEVEL, fake_family.host_level);
	if (fake_family.when_asked)
		fake_family.when_asked();
	return answer(request, message);
}

static int answer_node(const struct request *request, uint32_t node)
{
	struct nl_msg *message =
		message_begin(fake_family.id, AOIPOOL_GENL_GET_NODES);

	nla_put_u32(message, AOIPOOL_A_NODE, node);
	nla_put_u32(message, AOIPOOL_A_LEVEL, fake_family.node_level[node]);
	return answer(request, message);
}

static int answer_nodes(const struct request *request)
{
	int err = 0;

	for (uint32_t node = 0; !err && node < FAKE_NODES; node++)
		err = answer_node(request, node);
	return err;
}

static int answer_pools(const struct request *request)
{
	struct nl_msg *message;
	int err = 0;

	for (uint64_t pool = 1; !err && pool <= FAKE_POOLS; pool++) {
		message = message_begin(fake_family.id, request->command);
		nla_put_u64(message, AOIPOOL_A_POOL, pool);
		err = answer(request, message);
	}
	return err;
}

static int answer_command(const struct request *request)
{
	switch (request->command) {
	case AOIPOOL_GENL_GET_STATE:
		return answer_state(request);
	case AOIPOOL_GENL_GET_NODES:
		return answer_nodes(request);
	default:
		return answer_pools(request);
	}
}

int __wrap_request_run(const struct request *request)
{
	int err;

	if (fake_family.ask_err)
		return fake_family.ask_err;
	if (!fake_family.loaded)
		return -ENODEV;
	err = answer_command(request);
	if (err || !(request->flags & NLM_F_DUMP) || !fake_family.interrupted)
		return err;
	fake_family.interrupted--;
	return -EINTR;
}

/* Nobody may be listening, which the kernel calls an error. */
static void send_to(struct nl_msg *message, int group)
{
	struct sockaddr_nl to = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1U << (group - 1),
	};

	nlmsg_set_dst(message, &to);
	nl_send_auto(sender, message);
	nlmsg_free(message);
}

int fake_family_set_up(void **state)
{
	static int next_id = 4096;

	(void)state;
	sender = nl_socket_alloc();
	assert_non_null(sender);
	assert_int_equal(nl_connect(sender, NETLINK_USERSOCK), 0);
	nl_socket_disable_auto_ack(sender);
	fake_family = (struct fake_family){ .loaded = true, .id = next_id++ };
	return 0;
}

int fake_family_tear_down(void **state)
{
	(void)state;
	nl_socket_free(sender);
	return 0;
}

void fake_family_news(uint8_t command, int id, const char *name)
{
	struct nl_msg *news = message_begin(GENL_ID_CTRL, command);

	nla_put_string(news, CTRL_ATTR_FAMILY_NAME, name);
	nla_put_u16(news, CTRL_ATTR_FAMILY_ID, (uint16_t)id);
	send_to(news, NEWS_GROUP);
}

void fake_family_load(void)
{
	fake_family.loaded = true;
	fake_family.id++;
	fake_family.seq = 0;
	fake_family_news(CTRL_CMD_NEWFAMILY, fake_family.id, AOIPOOL_GENL_NAME);
}

void fake_family_unload(void)
{
	fake_family.loaded = false;
	fake_family_news(CTRL_CMD_DELFAMILY, fake_family.id, AOIPOOL_GENL_NAME);
}

struct nl_msg *fake_event(uint8_t command)
{
	struct nl_msg *event = message_begin(fake_family.id, command);

	nla_put_u64(event, AOIPOOL_A_SEQ, ++fake_family.seq);
	return event;
}

void fake_send(struct nl_msg *event)
{
	send_to(event, EVENTS_GROUP);
}

void fake_drop(unsigned int nr)
{
	fake_family.seq += nr;
}

void fake_sweep(uint64_t pool)
{
	struct nl_msg *event = fake_event(AOIPOOL_GENL_SWEEP);

	nla_put_u64(event, AOIPOOL_A_POOL, pool);
	fake_send(event);
}

static enum aoipool_pressure_level *level_of(int node)
{
	return node == AOIPOOL_EVENT_NODE_HOST ? &fake_family.host_level :
						 &fake_family.node_level[node];
}

void fake_level(int node, enum aoipool_pressure_level now)
{
	struct nl_msg *event = fake_event(AOIPOOL_GENL_LEVEL);

	if (node != AOIPOOL_EVENT_NODE_HOST)
		nla_put_u32(event, AOIPOOL_A_NODE, (uint32_t)node);
	nla_put_u32(event, AOIPOOL_A_LEVEL, now);
	nla_put_u32(event, AOIPOOL_A_LEVEL_BEFORE, *level_of(node));
	*level_of(node) = now;
	fake_send(event);
}
