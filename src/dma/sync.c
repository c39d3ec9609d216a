/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Cache maintenance for devices that do not snoop. */
#include "dma/dma_internal.h"

#include "base/barrier.h"

/*
 * Also for a buffer that the device will only write: a dirty line that is evicted later would
 * overwrite what the device wrote.
 */
void dms_sync_for_device(struct dms_device *dev, void *ptr, size_t size, enum dms_direction dir)
{
    (void)dir;
    if (!dev->coherent)
        port_cache_clean(dev->machine->port, ptr, size);
}

void dms_sync_for_cpu(struct dms_device *dev, void *ptr, size_t size, enum dms_direction dir)
{
    if (!dev->coherent && dir != DMS_TO_DEVICE)
        port_cache_invalidate(dev->machine->port, ptr, size);
}
