/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The functions of the table, by the file that holds them. */
#ifndef CLI_CHECK_SUBJECTS_H
#define CLI_CHECK_SUBJECTS_H

struct checker;

/* iommus.c */
void check_iommus_phandle(struct checker *c);
void check_iommus_target(struct checker *c);
void check_iommus_truncated(struct checker *c);
void check_iommus_mixed(struct checker *c);
void check_iommus_repeated(struct checker *c);
void check_iommu_cells(struct checker *c);
void check_iommu_disabled(struct checker *c);

/* map.c */
void check_map_size(struct checker *c);
void check_map_truncated(struct checker *c);
void check_map_phandle(struct checker *c);
void check_map_target(struct checker *c);
void check_map_mask(struct checker *c);
void check_map_mask_short(struct checker *c);
void check_map_multicell_range(struct checker *c);
void check_map_overlap(struct checker *c);
void check_map_empty_entry(struct checker *c);
void check_map_placeholder(struct checker *c);
void check_map_wraps(struct checker *c);
void check_map_legacy(struct checker *c);

/* streams.c */
void check_stream_width(struct checker *c);
void check_stream_taken(struct checker *c);
void check_stream_conflict(struct checker *c);
void check_stream_order(struct checker *c);
void check_stream_shared(struct checker *c);

/* regions.c */
void check_region_phandle(struct checker *c);
void check_region_device(struct checker *c);
void check_region_cells(struct checker *c);
void check_region_truncated(struct checker *c);
void check_region_wraps(struct checker *c);
void check_region_empty(struct checker *c);
void check_region_overlap(struct checker *c);
void check_region_reg_differs(struct checker *c);
void check_region_unaligned(struct checker *c);
void check_region_no_iommu(struct checker *c);

/* lists.c */
void check_region_unlisted(struct checker *c);
void check_region_misread(struct checker *c);

/* space.c */
void check_region_outside_aperture(struct checker *c);
void check_region_beyond_mask(struct checker *c);
void check_window_size(struct checker *c);
void check_window_wraps(struct checker *c);
void check_window_empty(struct checker *c);
void check_window_overlap(struct checker *c);
void check_window_unaligned(struct checker *c);
void check_window_outside_aperture(struct checker *c);
void check_window_beyond_mask(struct checker *c);
void check_usable_empty(struct checker *c);
void check_hole_above_4g(struct checker *c);

/* bus.c */
void check_bus_cells(struct checker *c);
void check_region_translated(struct checker *c);
void check_dma_ranges_size(struct checker *c);
void check_dma_ranges_wraps(struct checker *c);
void check_dma_ranges_empty(struct checker *c);
void check_dma_ranges_floor(struct checker *c);
void check_dma_loop(struct checker *c);
void check_coherence_both(struct checker *c);

#endif
