# vm.mk -- generated handlers, and which dispatcher runs them.
# SPDX-License-Identifier: MIT
GEN       = $(BUILD)/gen
GENERATED = $(GEN)/forms.h $(GEN)/form_tables.inc $(GEN)/form_names.inc $(GEN)/form_maps.inc \
    $(GEN)/handlers_1.inc $(GEN)/sequences.h $(GEN)/sequence_tables.inc $(GEN)/sequences_1.inc

TIER     ?= auto
HOSTCC   ?= cc

# What the compiler can do. preserve_none: clang 19, gcc 15 and later. At -O0 and under
# sanitizers calls do not become jumps, and one function with every handler in it takes
# minutes to compile: there each handler is called.
CAN_PRESERVE_NONE := $(shell echo 'int f(int) __attribute__((preserve_none)); int g(int x); int g(int x) { return x; }' | \
    $(CC) -Werror -c -x c -o /dev/null - 2>/dev/null && echo yes)
CAN_MUSTTAIL := $(shell printf 'int f(int x); int g(int x); int g(int x) { __attribute__((musttail)) return f(x); }\n' | \
    $(CC) -Werror -c -x c -o /dev/null - 2>/dev/null && echo yes)
IS_X86_64_OR_ARM64 := $(shell $(CC) -dM -E -x c /dev/null 2>/dev/null | grep -Ec '__x86_64__|__aarch64__')
NO_OPTIMISER := $(findstring -O0,$(CFLAGS))$(SAN)

ifeq ($(DISPATCH),auto)
  ifneq ($(NO_OPTIMISER),)
    DISPATCHER = call
  else ifeq ($(IS_X86_64_OR_ARM64),0)
    DISPATCHER = switch
  else ifneq ($(and $(CAN_PRESERVE_NONE),$(CAN_MUSTTAIL)),)
    DISPATCHER = preserve_none
  else
    DISPATCHER = tail
  endif
else ifneq ($(NO_OPTIMISER),)
  DISPATCHER = call
else
  DISPATCHER = $(DISPATCH)
endif

# One function with thousands of labels takes compilers minutes: there the set is smaller.
# Without an operating system, flash counts more than time.
ifeq ($(TIER),auto)
  HANDLER_TIER = $(if $(filter bare,$(PORT)),tiny,$(if $(filter preserve_none tail,$(DISPATCHER)),max,small))
else
  HANDLER_TIER = $(TIER)
endif

DISPATCH_FLAG_preserve_none = -DWEFT_DISPATCH_PRESERVE_NONE
DISPATCH_FLAG_tail          = -DWEFT_DISPATCH_TAIL
DISPATCH_FLAG_goto          = -DWEFT_DISPATCH_GOTO -fno-gcse
DISPATCH_FLAG_switch        = -DWEFT_DISPATCH_SWITCH
DISPATCH_FLAG_call          = -DWEFT_DISPATCH_CALL
# gcc spends its -O2 on things that handlers of three statements do not have: with -O1 and
# sibling calls they compile in two thirds of the time to code as quick.
IS_GCC := $(shell $(CC) -dM -E -x c /dev/null 2>/dev/null | grep -q __clang__ || echo yes)
QUICK_HANDLERS = $(if $(and $(IS_GCC),$(filter tail,$(DISPATCHER))),-O1 -foptimize-sibling-calls \
    -ftree-loop-vectorize -ftree-slp-vectorize)
# clang takes ten minutes to look for uninitialized variables in a function of thousands of
# cases, and ten seconds to compile it. The same text is looked at where handlers are functions.
QUICK_SWITCH = $(if $(IS_GCC),,$(if $(filter switch goto,$(DISPATCHER)),-Wno-uninitialized -Wno-sometimes-uninitialized))
HANDLER_FLAGS = $(DISPATCH_FLAG_$(DISPATCHER)) $(QUICK_HANDLERS) $(QUICK_SWITCH) -fno-math-errno -ffp-contract=off -fomit-frame-pointer \
    -fno-stack-protector -fno-asynchronous-unwind-tables -Wno-unused-parameter -Wno-unused-label \
    -Wno-unused-but-set-variable \
    $(if $(filter goto,$(DISPATCHER)),-Wno-pedantic)
EXTRA_handlers_1 = $(HANDLER_FLAGS)
EXTRA_handlers_2 = $(HANDLER_FLAGS)
EXTRA_handlers_3 = $(HANDLER_FLAGS)
EXTRA_handlers_4 = $(HANDLER_FLAGS)
# The table of handlers in assembler (dispatch.c): where distances of functions are known to
# fit 32 bits, and no optimiser of whole programs renames or drops what only it mentions.
IS_ELF := $(shell $(CC) -dM -E -x c /dev/null 2>/dev/null | grep -c __ELF__)
HANDLER_DISTANCES = $(if $(filter-out 0,$(IS_ELF)),$(if $(filter-out 0,$(IS_X86_64_OR_ARM64)),$(if \
    $(findstring -flto,$(CC) $(CFLAGS)),,-DWEFT_HANDLER_DISTANCES -Wno-overlength-strings)))
EXTRA_dispatch   = $(HANDLER_FLAGS) $(HANDLER_DISTANCES)

$(GEN)/gen_handlers: vm/gen/gen_handlers.c vm/numeric.def vm/memory.def vm/simd.def vm/atomics.def
	@mkdir -p $(@D)
	$(HOSTCC) -O1 -I. -o $@ $<

$(GEN)/forms.h: $(GEN)/gen_handlers vm/machine.def vm/gen/often.txt
	$(GEN)/gen_handlers vm/machine.def vm/gen/often.txt $(GEN) 4 $(HANDLER_TIER)

$(GEN)/form_tables.inc $(GEN)/form_names.inc $(GEN)/form_maps.inc $(GEN)/handlers_1.inc: $(GEN)/forms.h

# Runs of cells in one handler, where there is room for them.
SEQUENCES = $(if $(filter max,$(HANDLER_TIER)),vm/sequences.def,-)

$(GEN)/gen_sequences: vm/gen/gen_sequences.c
	@mkdir -p $(@D)
	$(HOSTCC) -O1 -I. -o $@ $<

$(GEN)/sequences.h: $(GEN)/gen_sequences $(GEN)/forms.h vm/sequences.def
	$(GEN)/gen_sequences $(SEQUENCES) $(GEN) 4

$(GEN)/sequence_tables.inc $(GEN)/sequences_1.inc: $(GEN)/sequences.h
