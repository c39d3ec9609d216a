/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* All of the library's public headers. Ports have headers of their own (posix.h). */
#ifndef DMASPACE_DMASPACE_H
#define DMASPACE_DMASPACE_H

#include <dmaspace/device.h>
#include <dmaspace/dma.h>
#include <dmaspace/error.h>
#include <dmaspace/fault.h>
#include <dmaspace/iommu.h>
#include <dmaspace/iova.h>
#include <dmaspace/mapping.h>
#include <dmaspace/of.h>
#include <dmaspace/pgtable.h>
#include <dmaspace/port.h>
#include <dmaspace/smmuv3.h>
#include <dmaspace/types.h>

#endif
