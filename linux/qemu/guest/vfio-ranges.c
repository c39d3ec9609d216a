// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: vfio-ranges type1|iommufd PCI-ADDRESS
 *
 * Prints the IOVA ranges that VFIO lets a user of the device map, one "range FIRST LAST" a line.
 */

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/iommufd.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int open_group(const char *pci)
{
	char link[PATH_MAX], path[PATH_MAX];
	ssize_t len;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", pci);
	len = readlink(path, link, sizeof(link) - 1);
	if (len < 0)
		return -1;
	link[len] = 0;
	snprintf(path, sizeof(path), "/dev/vfio/%s", strrchr(link, '/') + 1);
	return open(path, O_RDWR);
}

static void print_capabilities(const char *info, __u32 offset)
{
	while (offset) {
		const struct vfio_info_cap_header *cap = (const void *)(info + offset);

		if (cap->id == VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE) {
			const struct vfio_iommu_type1_info_cap_iova_range *ranges =
				(const void *)cap;

			for (__u32 i = 0; i < ranges->nr_iovas; i++)
				printf("range 0x%llx 0x%llx\n",
				       (unsigned long long)ranges->iova_ranges[i].start,
				       (unsigned long long)ranges->iova_ranges[i].end);
		}
		offset = cap->next;
	}
}

static int type1(const char *pci)
{
	static char buffer[4096];
	struct vfio_iommu_type1_info *info = (void *)buffer;
	int container = open("/dev/vfio/vfio", O_RDWR), group = open_group(pci);

	if (container < 0 || group < 0)
		return fail("open");
	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container))
		return fail("VFIO_GROUP_SET_CONTAINER");
	if (ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return fail("VFIO_SET_IOMMU");
	info->argsz = sizeof(buffer);
	if (ioctl(container, VFIO_IOMMU_GET_INFO, info))
		return fail("VFIO_IOMMU_GET_INFO");
	print_capabilities(buffer, info->flags & VFIO_IOMMU_INFO_CAPS ? info->cap_offset : 0);
	return 0;
}

static int open_cdev(const char *pci)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio-dev", pci);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/dev/vfio/devices/%s", entry->d_name);
		return open(path, O_RDWR);
	}
	return -1;
}

static int iommufd(const char *pci)
{
	static struct iommu_iova_range range[64];
	int fd = open("/dev/iommu", O_RDWR), device = open_cdev(pci);
	struct vfio_device_bind_iommufd bind = { .argsz = sizeof(bind), .iommufd = fd };
	struct iommu_ioas_alloc alloc = { .size = sizeof(alloc) };
	struct vfio_device_attach_iommufd_pt attach = { .argsz = sizeof(attach) };
	struct iommu_ioas_iova_ranges get = {
		.size = sizeof(get), .num_iovas = 64, .allowed_iovas = (unsigned long)range,
	};

	if (fd < 0 || device < 0)
		return fail("open");
	if (ioctl(device, VFIO_DEVICE_BIND_IOMMUFD, &bind))
		return fail("VFIO_DEVICE_BIND_IOMMUFD");
	if (ioctl(fd, IOMMU_IOAS_ALLOC, &alloc))
		return fail("IOMMU_IOAS_ALLOC");
	attach.pt_id = alloc.out_ioas_id;
	if (ioctl(device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach))
		return fail("VFIO_DEVICE_ATTACH_IOMMUFD_PT");
	get.ioas_id = alloc.out_ioas_id;
	if (ioctl(fd, IOMMU_IOAS_IOVA_RANGES, &get))
		return fail("IOMMU_IOAS_IOVA_RANGES");
	for (__u32 i = 0; i < get.num_iovas; i++)
		printf("range 0x%llx 0x%llx\n", (unsigned long long)range[i].start,
		       (unsigned long long)range[i].last);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "type1"))
		return type1(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "iommufd"))
		return iommufd(argv[2]);
	fprintf(stderr, "usage: vfio-ranges type1|iommufd PCI-ADDRESS\n");
	return 2;
}
