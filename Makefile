# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The doors to everything. Each installs what it needs, or says what to install, builds, and ends with a verdict.

.PHONY: all build install deb demo check check-qemu check-deb check-linux fuzz bench bench-qemu coverage mutate soak clean help

all: build

build:
	@scripts/setup build test
	@scripts/build build

PREFIX ?= /usr/local

install:
	@scripts/setup build test
	@scripts/build build-install --buildtype=release --prefix=$(PREFIX)
	@meson install -C build-install --no-rebuild --quiet

deb:
	@scripts/setup build deb
	@scripts/deb

check-deb:
	@scripts/setup build test deb
	@scripts/check-deb

demo:
	@scripts/setup build test demo
	@scripts/build build
	@scripts/demo

check:
	@scripts/setup build test
	@scripts/setup qemu browser || echo 'check: going on without them: their tests are skipped'
	@scripts/check

check-qemu:
	@scripts/setup build qemu linux
	@scripts/build build
	@linux/oracle/run || [ $$? = 77 ]
	@tests/qemu/check-qemu --summary

check-linux:
	@scripts/setup linux
	@linux/qemu/check-linux

T ?= 60

fuzz:
	@scripts/setup build test fuzz
	@scripts/fuzz $(T) $(TARGETS)

bench:
	@scripts/setup build test
	@scripts/setup bench || echo 'bench: going on without them'
	@scripts/build build-bench --buildtype=release
	@scripts/bench $(if $(QUICK),--quick) build-bench

bench-qemu:
	@scripts/setup build qemu linux
	@scripts/bench-qemu

coverage:
	@scripts/setup build test coverage
	@scripts/coverage

mutate:
	@scripts/setup build test
	@scripts/mutate

soak:
	@scripts/setup build test
	@scripts/soak $(T) $(TARGETS)

clean:
	rm -rf build build-*

help:
	@echo 'make              build the library and the dmaspace command in build/'
	@echo 'make install      the same, optimised, into PREFIX (/usr/local), below DESTDIR if that is set'
	@echo 'make deb          Debian packages, in build-deb/'
	@echo 'make demo         one video unit, one address space per function: the main job, start to end'
	@echo 'make check        build with gcc, clang and sanitizers, run every test; the last line is the verdict'
	@echo 'make check-qemu   the same suite on the SMMUv3 of QEMU (part of make check); stock kernels asked about device trees'
	@echo 'make check-deb    build the Debian packages, install, use and remove them in a root of their own'
	@echo 'make check-linux  the kernel series, built and booted in QEMU (half an hour the first time)'
	@echo 'make fuzz T=60    fuzz device trees, traces, fault lines and operations, T seconds each (TARGETS=dtb: only that)'
	@echo 'make bench        speed, against Linux where its source is there; QUICK=1: a first look'
	@echo 'make bench-qemu   instructions per operation on the SMMUv3 of QEMU, against a stock Linux kernel there'
	@echo 'make coverage     which lines of src/ the tests reach'
	@echo 'make mutate       lines that matter, taken away one at a time: does a test notice?'
	@echo 'make soak T=60    the tests with threads, under ThreadSanitizer, with new seeds for T seconds (TARGETS=dma: only those)'
	@echo 'make clean        remove all build folders'
