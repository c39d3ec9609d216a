// SPDX-License-Identifier: GPL-2.0-only
/* QEMU's edu device as a DMA engine. */

#include <linux/delay.h>
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/pci.h>

#include "test.h"

#define EDU_SOURCE	0x80
#define EDU_DEST	0x88
#define EDU_COUNT	0x90
#define EDU_COMMAND	0x98
#define EDU_RUN		BIT(0)
#define EDU_TO_MEMORY	BIT(1)
#define EDU_BUFFER	0x40000

struct pci_dev *edu_get(u32 sid)
{
	return pci_get_domain_bus_and_slot(0, sid >> 8, sid & 0xff);
}

static int edu_run(void __iomem *regs, u64 source, u64 dest, u32 len, u32 command)
{
	int tries;

	writeq(source, regs + EDU_SOURCE);
	writeq(dest, regs + EDU_DEST);
	writeq(len, regs + EDU_COUNT);
	writeq(command | EDU_RUN, regs + EDU_COMMAND);

	for (tries = 0; tries < 200; tries++) {
		msleep(20);
		if (!(readq(regs + EDU_COMMAND) & EDU_RUN))
			return 0;
	}
	return -ETIMEDOUT;
}

static int edu_transfer(u32 sid, u64 source, u64 dest, u32 len, u32 command)
{
	struct pci_dev *pdev = edu_get(sid);
	void __iomem *regs;
	int ret;

	if (!pdev)
		return -ENODEV;
	ret = pci_enable_device(pdev);
	if (ret)
		goto out_put;
	pci_set_master(pdev);
	regs = pci_iomap(pdev, 0, 0);
	ret = regs ? edu_run(regs, source, dest, len, command) : -ENOMEM;
	if (regs)
		pci_iounmap(pdev, regs);
	pci_disable_device(pdev);
out_put:
	pci_dev_put(pdev);
	return ret;
}

int edu_read(u32 sid, u64 iova, u32 len)
{
	return edu_transfer(sid, iova, EDU_BUFFER, len, 0);
}

int edu_write(u32 sid, u64 iova, u32 len)
{
	return edu_transfer(sid, EDU_BUFFER, iova, len, EDU_TO_MEMORY);
}
