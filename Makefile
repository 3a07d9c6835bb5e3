# Makefile -- builds weft and runs its tests.  `make help` lists what can be asked for.
# SPDX-License-Identifier: MIT

# What can be chosen on the command line:
#   CC=gcc|clang-19|musl-gcc   DISPATCH=auto|preserve_none|tail|goto|switch|call
#   TIER=auto|tiny|small|fast|max (how many handlers)
#   SAN=1 (address + undefined-behaviour sanitizers)   STATIC=auto|1|no   BUILD=directory
#   PORT=posix|bare (the folder of ports/ to build)
BUILD    ?= build
CC       ?= cc
AR       ?= ar
DISPATCH ?= auto
SAN      ?=
STATIC   ?= auto
PORT     ?= posix

WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
           -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wundef -Werror
OPT      = $(if $(SAN),-O1 -g,-O2)
SANFLAGS = $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined \
           -fno-omit-frame-pointer)
comma    = ,
CFLAGS   ?=
CPPFLAGS ?=
LDFLAGS  ?=
LDLIBS   ?= -lm

# 32-bit x86 without SSE2 has only x87 registers: they round every double twice and make
# signalling NaNs quiet when they are moved. vm/arith.h refuses them.
X86_FLOATS := $(shell $(CC) $(CFLAGS) -dM -E -x c /dev/null 2>/dev/null | grep -E '__i386__|__SSE2_MATH__')
SSE_FLAGS   = $(if $(filter __SSE2_MATH__,$(X86_FLOATS)),,$(if $(filter __i386__,$(X86_FLOATS)),-msse2 -mfpmath=sse))

WEFT_CFLAGS = -std=c11 $(OPT) $(SSE_FLAGS) $(WARN) $(SANFLAGS) -fvisibility=hidden -I. -Iinclude -I$(BUILD)/gen
# A library that nothing is taken from is not worth loading: most compilers need no libm.
AS_NEEDED   := $(shell echo 'int main(void) { return 0; }' | \
    $(CC) -Wl,--as-needed -x c -o /dev/null - 2>/dev/null && echo -Wl,--as-needed)
WEFT_LDFLAGS = $(SANFLAGS) $(AS_NEEDED)

# The tool runs on any machine of its kind if libc is in it, and a short program is over before
# ld.so would have found libc. static-pie: at an address that changes with every run.
CAN_STATIC_PIE := $(if $(filter auto,$(STATIC)),$(shell printf 'int x; int *p = &x; int main(void) { return *p; }\n' | \
    $(CC) $(CFLAGS) $(LDFLAGS) -static-pie -x c -o /dev/null - -lm 2>/dev/null && echo yes))
STATIC_auto  = $(if $(SAN)$(filter-out posix,$(PORT)),,$(if $(CAN_STATIC_PIE),-static-pie))
STATIC_1     = -static
TOOL_LDFLAGS = $(WEFT_LDFLAGS) $(STATIC_$(STATIC))

# Linkers keep this order, and code is mapped by neighbourhoods: what every run of a program
# needs lies together, in the middle of the tool, and what few need before and after it.
few_last  = $(filter-out $(1),$(2)) $(filter $(1),$(2))
FEW_NEED  = vm/handlers_2.c vm/handlers_3.c vm/handlers_4.c vm/wasm_api%.c wasi/bind_wasm.c \
            vm/backtrace.c vm/dwarf.c wasi/tree.c wasi/trace.c wasi/builtin.c
EVERY_RUN = tools/main.c tools/run.c tools/input.c tools/options.c tools/process.c tools/message.c \
            tools/imports.c tools/load.c
LIB_SRC  = $(call few_last,$(FEW_NEED),$(sort $(wildcard loader/*.c vm/*.c wasi/*.c ports/$(PORT)/*.c \
            ports/generic/*.c)))
WAT_SRC  = $(sort $(wildcard tools/wat/*.c))
TOOL_SRC = $(call few_last,$(EVERY_RUN),$(sort $(wildcard tools/*.c)))
TEST_SRC = $(sort $(wildcard tests/test_*.c))

obj      = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB      = $(BUILD)/obj/libweft.a
WEFT     = $(BUILD)/weft
TESTS    = $(patsubst tests/%.c,$(BUILD)/tests/%,$(TEST_SRC))

all: $(WEFT) $(BUILD)/libweft.a

-include vm/vm.mk
include tools/dist.mk

$(BUILD)/obj/%.o: %.c $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(WEFT_CFLAGS) $(EXTRA_$(basename $(notdir $<))) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(call obj,$(LIB_SRC))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/libweft_wat.a: $(call obj,$(WAT_SRC))
	@rm -f $@
	$(AR) rcs $@ $^

# Linkers take the members of an archive when they are asked for, in no order of ours: so what
# every run needs is named.
$(WEFT): $(call obj,$(TOOL_SRC)) $(BUILD)/libweft_wat.a $(call obj,$(filter-out $(FEW_NEED),$(LIB_SRC))) $(LIB)
	$(CC) $(TOOL_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# --- tests -------------------------------------------------------------------------
$(BUILD)/tests/%: tests/%.c $(BUILD)/libweft_wat.a $(LIB)
	@mkdir -p $(@D)
	$(CC) $(WEFT_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MF $@.d $(WEFT_LDFLAGS) $(LDFLAGS) \
	    -o $@ $< $(BUILD)/libweft_wat.a $(LIB) -lcmocka $(LDLIBS)

test: all $(TESTS)
	@BUILD=$(BUILD) CC="$(CC)" sh tests/run.sh $(TESTS)

test-long: test
	@BUILD=$(BUILD) sh tests/long.sh

# make spec SUITE=DIRECTORY: our scripts and the official suite, see spec-tests/README.md.
SUITE ?= ../shared/spec-testsuite
spec: $(WEFT)
	@WEFT=$(WEFT) WAST_OPTIONS='$(WAST_OPTIONS)' sh spec-tests/run.sh $(SUITE)

build-tests: $(WEFT) $(TESTS)

# make bench ENGINES='wasm3=/opt/wasm3 {wasm} {args}' ROUNDS=5: more engines, more rounds.
# BENCH='--manifest FILE --page docs/PERFORMANCE.md': other options of tests/bench/run.py.
ROUNDS ?= 3
BENCH  ?=
bench: $(WEFT)
	@python3 tests/bench/run.py -r $(ROUNDS) --engine 'weft=$(WEFT) run {wasm} {args}' \
	    --engine 'weft-fuel=$(WEFT) run --fuel 4000000000000000000 {wasm} {args}' \
	    $(if $(ENGINES),--engine '$(ENGINES)') $(BENCH)

# make size: bytes of the library under each tier, here and on a Cortex-M4.
size:
	@BUILD=$(BUILD) CC='$(CC)' MAKE='$(MAKE)' sh tools/size.sh

clean:
	rm -rf $(BUILD)

help:
	@sed -n 's/^# What can/What can/p; s/^#   /  /p' Makefile
	@echo 'Targets: all test spec test-long bench size shared install uninstall amalgamation clean help'

.PHONY: all test spec test-long build-tests bench size clean help
.DELETE_ON_ERROR:

-include $(shell find $(BUILD) -type f -name '*.d' 2>/dev/null)
