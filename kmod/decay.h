/* SPDX-License-Identifier: GPL-2.0-only */
/* Decay: what nobody uses goes, by time and by amount. */
#ifndef AOIPOOL_DECAY_H
#define AOIPOOL_DECAY_H

unsigned int aoipool_decay_run(void);

#endif /* AOIPOOL_DECAY_H */
