// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "typed.hpp"

void use_elsewhere(int turns)
{
	use(defects(), turns);
}
