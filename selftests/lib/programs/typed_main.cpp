// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <thread>

#include "typed.hpp"

typed_pool<defect> &defects()
{
	static typed_pool<defect> pool;

	return pool;
}

int main()
{
	typed_pool<defect> &pool = defects();
	std::thread here([&] { use(pool, 50000); });
	std::thread there([] { use_elsewhere(50000); });

	use(pool, 50000);
	here.join();
	there.join();
	return 0;
}
