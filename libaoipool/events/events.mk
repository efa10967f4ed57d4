# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#
# libaoipool-events.so.0, libaoipool-events.a, aoipool-events.pc: the one part of
# the library that needs libnl, and is left out where there is none for $(CC).
#
# Included by ../Makefile, whose variables it uses.

PKG_CONFIG ?= pkg-config

events_soname	:= libaoipool-events.so.0
events_nl	:= libnl-genl-3.0
events_nl_cflags := $(shell $(PKG_CONFIG) --cflags $(events_nl) 2>/dev/null)
events_nl_libs	:= $(shell $(PKG_CONFIG) --libs $(events_nl) 2>/dev/null)

# Of the machine that $(CC) builds for, of which pkg-config may know nothing.
events_there	:= $(if $(events_nl_libs),$(shell \
	echo 'int main(void) { return genl_connect(0); }' | \
	$(CC) -x c -o /dev/null $(events_nl_cflags) -include netlink/genl/genl.h - \
	$(events_nl_libs) 2>/dev/null && echo yes))

events_sources	:= $(wildcard $(here)/events/*.c)
events_objects	:= $(events_sources:$(here)/events/%.c=$(OUT)/events/%.o)
events_cflags	:= $(subst $(here)/src/export.h,$(here)/events/export.h,$(cflags)) \
		   $(events_nl_cflags)
events_ldflags	:= $(subst libaoipool.map,libaoipool-events.map,\
		   $(subst $(soname),$(events_soname),$(ldflags)))

events: $(OUT)/libaoipool-events.so $(OUT)/libaoipool-events.a \
	$(OUT)/aoipool-events.pc

events-left-out:
	@echo '  SKIP  libaoipool-events: $(CC) finds no $(events_nl)'

all: $(if $(events_there),events,events-left-out)

$(OUT)/events/%.o: $(here)/events/%.c $(here)/events/events.mk | $(OUT)/events
	@echo '  CC    events/$(@F)'
	$(Q)$(CC) $(events_cflags) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(OUT)/events:
	$(Q)mkdir -p $@

$(OUT)/$(events_soname): $(events_objects) $(here)/libaoipool-events.map
	@echo '  LINK  $(@F)'
	$(Q)$(CC) -shared $(events_ldflags) $(CFLAGS) $(LDFLAGS) -o $@ \
		$(events_objects) $(events_nl_libs)

$(OUT)/libaoipool-events.so: $(OUT)/$(events_soname)
	$(Q)ln -sf $(events_soname) $@

# As libaoipool.a is made, and for its reason.
$(OUT)/libaoipool-events.a: $(events_objects)
	$(Q)$(LD) -r -o $(OUT)/events/whole.ro $(events_objects)
	$(Q)$(OBJCOPY) --wildcard --keep-global-symbol='aoipool_*' \
		$(OUT)/events/whole.ro
	$(Q)$(RM) $@
	$(Q)$(AR) rcs $@ $(OUT)/events/whole.ro

install: $(if $(events_there),install-events)

install-events: all install-folders
	install -m 755 $(OUT)/$(events_soname) \
		$(DESTDIR)$(LIBDIR)/libaoipool-events.so.$(version)
	ln -sf libaoipool-events.so.$(version) $(DESTDIR)$(LIBDIR)/$(events_soname)
	ln -sf $(events_soname) $(DESTDIR)$(LIBDIR)/libaoipool-events.so
	install -m 644 $(OUT)/libaoipool-events.a $(DESTDIR)$(LIBDIR)/
	install -m 644 $(here)/include/aoipool-events.h $(DESTDIR)$(INCLUDEDIR)/
	$(RM) $(OUT)/aoipool-events.pc
	$(MAKE) -f $(here)/Makefile $(OUT)/aoipool-events.pc
	install -m 644 $(OUT)/aoipool-events.pc $(DESTDIR)$(LIBDIR)/pkgconfig/

.PHONY: events events-left-out install-events

-include $(events_objects:.o=.d)
