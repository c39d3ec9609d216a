// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DMA load of a video unit that decodes many streams at once, on a device with a 32-bit mask behind an IOMMU:
 * each session is a task with its own frame, motion, bitstream and scratch buffers. Frames are scatter lists whose
 * entries are one piece of memory over and over: the IOVA space is what is to fill up, not memory.
 */

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#define PIECE_ORDER	10
#define PIECE		(PAGE_SIZE << PIECE_ORDER)
#define MOST_FRAMES	20
#define BITSTREAMS	4
#define FRAME		(13 * SZ_1M + SZ_512K)	/* 4096 x 2304, 4:2:0 */
#define FRAME_ENTRIES	DIV_ROUND_UP(FRAME, PIECE)
#define FRAME_LARGE	(15 * SZ_1M)
#define MOTION		SZ_512K
#define BITSTREAM	(1536 * SZ_1K)
#define SCRATCH		SZ_1M
#define QUEUE		SZ_256K

static unsigned int sessions = 16;
module_param(sessions, uint, 0444);
static unsigned int frames = 13;
module_param(frames, uint, 0444);
static unsigned int rounds = 6;
module_param(rounds, uint, 0444);

struct buffer {
	void *cpu;
	dma_addr_t dma;
	size_t size;
};

struct session {
	struct completion done;
	unsigned int index;
	struct sg_table frames[MOST_FRAMES];
	struct buffer motion[MOST_FRAMES];
	struct buffer bitstream[BITSTREAMS];
	struct buffer scratch;
	struct buffer queue;
};

static struct pci_dev *unit;
static atomic_t ready;	/* sessions that are open, or failed */
static struct page *piece;

static int take(struct buffer *buffer, size_t size)
{
	buffer->size = size;
	buffer->cpu = dma_alloc_attrs(&unit->dev, size, &buffer->dma, GFP_KERNEL,
				      DMA_ATTR_NO_WARN);
	return buffer->cpu ? 0 : -ENOMEM;
}

static void give(struct buffer *buffer)
{
	if (buffer->cpu)
		dma_free_attrs(&unit->dev, buffer->size, buffer->cpu, buffer->dma, 0);
	buffer->cpu = NULL;
}

static int map_frame(struct sg_table *table, size_t size)
{
	struct scatterlist *sg;
	int i, ret;

	ret = sg_alloc_table(table, FRAME_ENTRIES, GFP_KERNEL);
	if (ret)
		return ret;
	for_each_sgtable_sg(table, sg, i)
		sg_set_page(sg, piece, min_t(size_t, PIECE, size - i * PIECE), 0);
	ret = dma_map_sgtable(&unit->dev, table, DMA_FROM_DEVICE, DMA_ATTR_SKIP_CPU_SYNC);
	if (ret)
		sg_free_table(table);
	return ret;
}

static void unmap_frame(struct sg_table *table)
{
	if (!table->sgl)
		return;
	dma_unmap_sgtable(&unit->dev, table, DMA_FROM_DEVICE, DMA_ATTR_SKIP_CPU_SYNC);
	sg_free_table(table);
}

static int open_frames(struct session *session, size_t size)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < frames && !ret; i++) {
		ret = map_frame(&session->frames[i], size);
		if (!ret)
			ret = take(&session->motion[i], MOTION);
	}
	return ret;
}

static void close_frames(struct session *session)
{
	unsigned int i;

	for (i = 0; i < frames; i++) {
		unmap_frame(&session->frames[i]);
		give(&session->motion[i]);
	}
}

static int decode(struct session *session)
{
	unsigned int round;
	int ret = 0;

	for (round = 0; round < rounds && !ret; round++) {
		struct buffer *input = &session->bitstream[round % BITSTREAMS];

		give(input);
		ret = take(input, BITSTREAM);
		msleep(40 + 7 * (session->index % 5));
	}
	return ret;
}

static int open_session(struct session *session)
{
	unsigned int i;
	int ret = take(&session->queue, QUEUE);

	for (i = 0; i < BITSTREAMS && !ret; i++)
		ret = take(&session->bitstream[i], BITSTREAM);
	if (!ret)
		ret = open_frames(session, FRAME);
	if (!ret)
		ret = take(&session->scratch, SCRATCH);
	return ret;
}

static void close_session(struct session *session)
{
	unsigned int i;

	close_frames(session);
	give(&session->scratch);
	for (i = 0; i < BITSTREAMS; i++)
		give(&session->bitstream[i]);
	give(&session->queue);
}

/* All are open at once before any decodes; some change their resolution in the middle. */
static int run_session(void *data)
{
	struct session *session = data;
	int ret;

	msleep(60 * session->index);
	ret = open_session(session);
	atomic_inc(&ready);
	while (atomic_read(&ready) < sessions)
		msleep(20);
	if (!ret)
		ret = decode(session);
	if (!ret && session->index % 4 == 1) {
		close_frames(session);
		ret = open_frames(session, FRAME_LARGE);
		if (!ret)
			ret = decode(session);
	}
	msleep(25 * (session->index * 7 % 16));
	close_session(session);
	pr_info("dmaspace: session %u: %d\n", session->index, ret);
	complete(&session->done);
	return ret;
}

static int run_sessions(void)
{
	struct session *all = kcalloc(sessions, sizeof(*all), GFP_KERNEL);
	unsigned int i;

	if (!all)
		return -ENOMEM;
	for (i = 0; i < sessions; i++) {
		all[i].index = i;
		init_completion(&all[i].done);
		if (IS_ERR(kthread_run(run_session, &all[i], "session-%u", i))) {
			atomic_inc(&ready);
			complete(&all[i].done);
		}
	}
	for (i = 0; i < sessions; i++)
		wait_for_completion(&all[i].done);
	kfree(all);
	return 0;
}

/* The IOMMU takes a PCI device when a driver binds to it. */
static int unit_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int ret = pcim_enable_device(pdev);

	if (ret)
		return ret;
	pci_set_master(pdev);
	dma_set_max_seg_size(&pdev->dev, UINT_MAX);
	ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32));
	if (!ret)
		unit = pdev;
	return ret;
}

static const struct pci_device_id unit_ids[] = {
	{ PCI_DEVICE(0x1234, 0x11e8) },
	{ }
};

static struct pci_driver unit_driver = {
	.name = "dmaspace-sessions",
	.id_table = unit_ids,
	.probe = unit_probe,
};

static int __init sessions_init(void)
{
	int ret;

	if (frames > MOST_FRAMES)
		return -EINVAL;
	piece = alloc_pages(GFP_KERNEL, PIECE_ORDER);
	if (!piece)
		return -ENOMEM;
	ret = pci_register_driver(&unit_driver);
	if (!ret) {
		ret = unit ? run_sessions() : -ENODEV;
		pci_unregister_driver(&unit_driver);
	}
	__free_pages(piece, PIECE_ORDER);
	return ret;
}
module_init(sessions_init);

static void __exit sessions_exit(void)
{
}
module_exit(sessions_exit);

MODULE_DESCRIPTION("DMA load of many video sessions");
MODULE_LICENSE("GPL");
