/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/aoipool: where pools are made and the module tells of itself. */
#ifndef AOIPOOL_DEVICE_H
#define AOIPOOL_DEVICE_H

int aoipool_device_init(void);
void aoipool_device_publish(void);
void aoipool_device_exit(void);

#endif /* AOIPOOL_DEVICE_H */
