// SPDX-License-Identifier: GPL-2.0-only
/* aoipool: in which order the parts come and go. */
#include <linux/module.h>
#include "clear.h"
#include "count.h"
#include "depot.h"
#include "device.h"
#include "event.h"
#include "governor.h"
#include "netlink.h"
#include "payer.h"
#include "pressure.h"
#include "reclaim.h"
#include "scan.h"
#include "supply.h"
#include "sysfs.h"

static int __init aoipool_init(void)
{
	int err = aoipool_clear_init();

	if (err)
		return err;
	err = aoipool_count_init();
	if (err)
		return err;
	err = aoipool_pressure_init();
	if (err)
		goto exit_count;
	err = aoipool_scan_init();
	if (err)
		goto exit_pressure;
	err = aoipool_depot_init();
	if (err)
		goto exit_scan;
	err = aoipool_supply_init();
	if (err)
		goto exit_depot;
	err = aoipool_event_init();
	if (err)
		goto exit_supply;
	err = aoipool_governor_init();
	if (err)
		goto exit_event;
	err = aoipool_payer_init();
	if (err)
		goto exit_governor;
	err = aoipool_reclaim_init();
	if (err)
		goto exit_payer;
	err = aoipool_sysfs_init();
	if (err)
		goto exit_reclaim;
	err = aoipool_device_init();
	if (err)
		goto exit_sysfs;
	/* the last that can fail: who asks finds all there */
	err = aoipool_netlink_init();
	if (err)
		goto exit_device;
	aoipool_device_publish();
	return 0;

exit_device:
	aoipool_device_exit();
exit_sysfs:
	aoipool_sysfs_exit();
exit_reclaim:
	aoipool_reclaim_exit();
exit_payer:
	aoipool_payer_exit();
exit_governor:
	aoipool_governor_exit();
exit_event:
	aoipool_event_exit();
exit_supply:
	aoipool_supply_exit();
exit_depot:
	aoipool_depot_exit();
exit_scan:
	aoipool_scan_exit();
exit_pressure:
	aoipool_pressure_exit();
exit_count:
	aoipool_count_exit();
	return err;
}

static void __exit aoipool_exit(void)
{
	aoipool_netlink_exit();
	aoipool_device_exit();
	aoipool_sysfs_exit();
	aoipool_reclaim_exit();
	aoipool_payer_exit();
	aoipool_governor_exit();
	aoipool_event_exit();
	aoipool_supply_exit();
	aoipool_depot_exit();
	aoipool_scan_exit();
	aoipool_pressure_exit();
	aoipool_count_exit();
}

module_init(aoipool_init);
module_exit(aoipool_exit);

MODULE_DESCRIPTION("Huge-page, NUMA-local slabs for machine vision");
MODULE_VERSION("0.1.0");
MODULE_LICENSE("GPL");
