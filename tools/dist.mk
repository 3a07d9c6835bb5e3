# dist.mk -- what leaves the house: the public library, `make install`, `make amalgamation`.
# SPDX-License-Identifier: MIT

# Where things go. DESTDIR is put before every path, for packagers.
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR     ?= $(PREFIX)/share/man
BASH_COMPLETION_DIR ?= $(PREFIX)/share/bash-completion/completions
ZSH_COMPLETION_DIR  ?= $(PREFIX)/share/zsh/site-functions
FISH_COMPLETION_DIR ?= $(PREFIX)/share/fish/vendor_completions.d
DESTDIR    ?=
INSTALL    ?= install

# The version is written once, in weft.h. The soname counts incompatible changes: before
# 1.0.0 each minor version may be one (docs/STABILITY.md).
VERSION   := $(shell sed -n 's/.*define WEFT_VERSION "\(.*\)"/\1/p' include/weft.h)
SOVERSION := $(shell echo $(VERSION) | sed 's/^0\.\([0-9]*\)\..*/0.\1/;t;s/\..*//')

# Cross compilers bring an objcopy of their own.
OBJCOPY   ?= $(if $(filter %-gnu-gcc %-eabi-gcc %-gnueabihf-gcc,$(CC)),$(CC:gcc=objcopy),objcopy)

# --- the public library ------------------------------------------------------------------
#
# One object in which the parts of weft have found each other and whose only visible names
# are the API's: a program may have a read_u32 of its own. (What looks behind the API, the
# tests and `weft inspect --code`, links $(LIB).)
PUBLIC_LIB = $(BUILD)/libweft.a

$(BUILD)/obj/libweft.o: $(call obj,$(LIB_SRC) $(WAT_SRC))
	$(CC) $(CFLAGS) -r -nostdlib -o $@ $^
	$(OBJCOPY) --localize-hidden $@

$(PUBLIC_LIB): $(BUILD)/obj/libweft.o
	@rm -f $@
	$(AR) rcs $@ $^

# --- the shared library --------------------------------------------------------------------
SONAME     = libweft.so.$(SOVERSION)
SHARED_LIB = $(BUILD)/libweft.so.$(VERSION)
pic        = $(patsubst %.c,$(BUILD)/pic/%.o,$(1))

$(BUILD)/pic/%.o: %.c $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(WEFT_CFLAGS) -fPIC $(EXTRA_$(basename $(notdir $<))) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(SHARED_LIB): $(call pic,$(LIB_SRC) $(WAT_SRC))
	$(CC) -shared -Wl,-soname,$(SONAME) $(SANFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

shared: $(SHARED_LIB)

# --- install -------------------------------------------------------------------------------
#
# weft's own headers go where compilers look. wasm.h and wasi.h go into a folder of their own,
# because another engine may have put files of these names there; pkg-config knows it.
WEFT_HEADERS     = include/weft.h include/weft_wasi.h include/weft_wat.h
STANDARD_HEADERS = include/wasm.h include/wasi.h include/weft_wasm.h
MANUAL_HEADERS   = $(WEFT_HEADERS) include/weft_wasm.h include/wasi.h

$(BUILD)/weft.pc: tools/dist.mk include/weft.h FORCE
	@mkdir -p $(@D)
	@{ echo 'prefix=$(PREFIX)'; \
	   echo 'libdir=$(LIBDIR)'; \
	   echo 'includedir=$(INCLUDEDIR)'; \
	   echo; \
	   echo 'Name: weft'; \
	   echo 'Description: WebAssembly interpreter with WASI'; \
	   echo 'Version: $(VERSION)'; \
	   echo 'Cflags: -I$${includedir} -I$${includedir}/weft'; \
	   echo 'Libs: -L$${libdir} -lweft $(LDLIBS)'; } > $@

# The header is the manual; the manual page is the header with its comments set as text.
$(BUILD)/weft.h.3: tools/manual.awk $(MANUAL_HEADERS)
	@mkdir -p $(@D)
	awk -v version=$(VERSION) -f tools/manual.awk $(MANUAL_HEADERS) > $@

# The command knows its own manual and completions. RUN_WEFT runs it when cross-compiling.
RUN_WEFT ?= $(WEFT)

$(BUILD)/weft.1: tools/command_manual.awk $(WEFT)
	NO_COLOR=1 $(RUN_WEFT) help --all | \
	    awk -v version=$(VERSION) -f tools/command_manual.awk > $@.new && mv $@.new $@

$(BUILD)/completion/%: $(WEFT)
	@mkdir -p $(@D)
	$(RUN_WEFT) completion $* > $@.new && mv $@.new $@

install: $(WEFT) $(PUBLIC_LIB) $(SHARED_LIB) $(BUILD)/weft.pc $(BUILD)/weft.1 $(BUILD)/weft.h.3 \
         $(addprefix $(BUILD)/completion/,bash zsh fish)
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(INCLUDEDIR)/weft \
	    $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man3 $(DESTDIR)$(BASH_COMPLETION_DIR) \
	    $(DESTDIR)$(ZSH_COMPLETION_DIR) $(DESTDIR)$(FISH_COMPLETION_DIR)
	$(INSTALL) -m 755 $(WEFT) $(DESTDIR)$(BINDIR)/weft
	$(INSTALL) -m 644 $(PUBLIC_LIB) $(DESTDIR)$(LIBDIR)/libweft.a
	$(INSTALL) -m 755 $(SHARED_LIB) $(DESTDIR)$(LIBDIR)/$(notdir $(SHARED_LIB))
	ln -sf $(notdir $(SHARED_LIB)) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libweft.so
	$(INSTALL) -m 644 $(BUILD)/weft.pc $(DESTDIR)$(LIBDIR)/pkgconfig/weft.pc
	$(INSTALL) -m 644 $(WEFT_HEADERS) $(DESTDIR)$(INCLUDEDIR)
	$(INSTALL) -m 644 $(STANDARD_HEADERS) $(DESTDIR)$(INCLUDEDIR)/weft
	$(INSTALL) -m 644 $(BUILD)/weft.1 $(DESTDIR)$(MANDIR)/man1/weft.1
	$(INSTALL) -m 644 $(BUILD)/weft.h.3 $(DESTDIR)$(MANDIR)/man3/weft.h.3
	$(INSTALL) -m 644 $(BUILD)/completion/bash $(DESTDIR)$(BASH_COMPLETION_DIR)/weft
	$(INSTALL) -m 644 $(BUILD)/completion/zsh $(DESTDIR)$(ZSH_COMPLETION_DIR)/_weft
	$(INSTALL) -m 644 $(BUILD)/completion/fish $(DESTDIR)$(FISH_COMPLETION_DIR)/weft.fish

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/weft $(DESTDIR)$(LIBDIR)/libweft.a \
	    $(DESTDIR)$(LIBDIR)/libweft.so $(DESTDIR)$(LIBDIR)/$(SONAME) \
	    $(DESTDIR)$(LIBDIR)/$(notdir $(SHARED_LIB)) $(DESTDIR)$(LIBDIR)/pkgconfig/weft.pc \
	    $(DESTDIR)$(MANDIR)/man1/weft.1 $(DESTDIR)$(MANDIR)/man3/weft.h.3 \
	    $(DESTDIR)$(BASH_COMPLETION_DIR)/weft $(DESTDIR)$(ZSH_COMPLETION_DIR)/_weft \
	    $(DESTDIR)$(FISH_COMPLETION_DIR)/weft.fish \
	    $(patsubst include/%,$(DESTDIR)$(INCLUDEDIR)/%,$(WEFT_HEADERS)) \
	    $(patsubst include/%,$(DESTDIR)$(INCLUDEDIR)/weft/%,$(STANDARD_HEADERS))
	-rmdir $(DESTDIR)$(INCLUDEDIR)/weft

# --- the amalgamation ------------------------------------------------------------------------
#
# weft.c and weft.h, to be dropped into another project: `cc -c weft.c` is all it takes.
# Names that the parts share get a prefix, so that they meet no names of that project; which
# ones they are is asked of the object files.
AMALGAMATION = $(BUILD)/amalgamation
ALL_HEADERS  = weft.h weft_wasi.h weft_wat.h wasm.h weft_wasm.h wasi.h
AMALGAM_SRC  = $(sort $(wildcard ports/posix/*.c)) $(filter-out ports/%,$(LIB_SRC)) \
               $(sort $(wildcard ports/generic/*.c)) $(WAT_SRC)

amalgamation: $(AMALGAMATION)/weft.c $(AMALGAMATION)/weft.h

$(AMALGAMATION)/weft.h: $(addprefix include/,$(ALL_HEADERS)) tools/amalgamate.awk
	@mkdir -p $(@D)
	{ echo '// weft.h -- weft $(VERSION), all its interfaces in one file: weft.h, WASI and the text'; \
	  echo '// format for it, and the standard wasm.h with wasi.h.'; \
	  awk -v roots=include -f tools/amalgamate.awk $(addprefix include/,$(ALL_HEADERS)); \
	} > $@.new && mv $@.new $@

# The two sets of handlers that the one file chooses from.
$(BUILD)/gen-%/forms.h: $(GEN)/gen_handlers $(GEN)/gen_sequences vm/machine.def vm/gen/often.txt vm/sequences.def
	@mkdir -p $(@D)
	$(GEN)/gen_handlers vm/machine.def vm/gen/often.txt $(@D) 4 $*
	$(GEN)/gen_sequences $(if $(filter max,$*),vm/sequences.def,-) $(@D) 4

$(AMALGAMATION)/weft.c: $(BUILD)/gen-max/forms.h $(BUILD)/gen-small/forms.h $(LIB) $(BUILD)/libweft_wat.a $(AMALGAMATION)/weft.h \
                        tools/amalgamate.awk tools/amalgam_head.h
	@mkdir -p $(@D)
	{ sed 's/^/\/\/ /; s/ *$$//' LICENSE; echo '//'; \
	  echo '// weft.c -- weft $(VERSION), whole, in one file: cc -O2 -c weft.c'; \
	  cat tools/amalgam_head.h; \
	  nm -g $(LIB) $(BUILD)/libweft_wat.a | awk '$$2 ~ /^[A-TV-Z]$$/ && \
	      $$3 !~ /^(weft|wasm|wasi)_/ {print "#define " $$3 " weft_internal_" $$3}' | sort -u; \
	  awk -v roots=.:include -v max=$(BUILD)/gen-max -v small=$(BUILD)/gen-small \
	      -v public="$(ALL_HEADERS)" -v posix_only=ports/posix/ \
	      -f tools/amalgamate.awk $(AMALGAM_SRC); \
	  cat tools/amalgam_tail.h; \
	} > $@.new && mv $@.new $@

FORCE:
.PHONY: shared install uninstall amalgamation FORCE
