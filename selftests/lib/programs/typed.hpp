/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Slots as objects of a type.  The functions are in each object file that uses
 * them, and the linker keeps one of each.
 */
#ifndef SELFTESTS_LIB_TYPED_HPP
#define SELFTESTS_LIB_TYPED_HPP

#include <cstdint>
#include <new>

#include "program.h"

template <typename T> struct handle {
	T *object;
	aoipool_ref_t ref;
};

template <typename T> class typed_pool {
public:
	typed_pool() : pool(open_objects(sizeof(T), 32768)) {}
	~typed_pool() { close_whole(pool); }

	__attribute__((noinline)) handle<T> make(std::uint64_t value)
	{
		aoipool_slot slot;

		must(!aoipool_get(pool, &slot));
		return { new (slot.ptr) T(value), slot.ref };
	}

	__attribute__((noinline)) void drop(handle<T> made)
	{
		made.object->~T();
		must(!aoipool_put(pool, made.ref));
	}

private:
	aoipool_pool *pool;
};

struct defect {
	explicit defect(std::uint64_t value) : first(value), last(~value) {}
	std::uint64_t first, rest[5] = {}, last;
};

typed_pool<defect> &defects();
void use_elsewhere(int turns);

inline void use(typed_pool<defect> &pool, int turns)
{
	handle<defect> made[16];

	for (int i = 0; i < turns; i++) {
		if (i >= 16) {
			must(made[i % 16].object->first ==
			     static_cast<std::uint64_t>(i - 16));
			must(made[i % 16].object->last ==
			     ~static_cast<std::uint64_t>(i - 16));
			pool.drop(made[i % 16]);
		}
		made[i % 16] = pool.make(static_cast<std::uint64_t>(i));
	}
	for (int i = 0; i < 16; i++)
		pool.drop(made[i]);
}

#endif
