// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "status.h"

#include "module_version.h"

#define LOOKED_AT	20	/* holdings whose process is looked at */

static int make(struct status *status)
{
	int err = user_processes_make(&status->users, &status->sample);

	if (!err)
		err = holdings_make(&status->holdings, &status->sample);
	if (err)
		return err;
	holdings_group(&status->holdings, HOLDING_PROCESS | HOLDING_POOL);
	holdings_look(&status->holdings, LOOKED_AT);
	return 0;
}

int status_take(struct status *status)
{
	int err;

	*status = (struct status){ 0 };
	err = sample_take(&status->sample, SAMPLE_ALL & ~SAMPLE_SLABS);
	if (err)
		return err;
	module_version(status->module_version);
	err = make(status);
	if (err)
		status_free(status);
	return err;
}

void status_free(struct status *status)
{
	user_processes_free(&status->users);
	holdings_free(&status->holdings);
	sample_free(&status->sample);
}
