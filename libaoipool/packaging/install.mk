# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#
# make install: what the host itself is to know beside the library: man pages,
# completion, who may open the device, units.
#
# Folders that can be chosen, each as it is on the host:
#   SBINDIR MANDIR          aoipoolctl, pages
#   COMPLETIONDIR           of bash
#   UDEVRULESDIR SYSUSERSDIR  rule and group of the device
#   UNITDIR                 units of systemd
#   SYSCONFDIR              settings that an administrator changes
# An empty one leaves its part out: UNITDIR= on a host without systemd.
#
# systemd, udev and kmod look below /usr/local/lib, too.
#
# Included by ../Makefile, whose variables it uses.

SBINDIR	?= $(PREFIX)/sbin
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
UDEVRULESDIR ?= $(PREFIX)/lib/udev/rules.d
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
UNITDIR	?= $(PREFIX)/lib/systemd/system
SYSCONFDIR ?= /etc

host	:= $(here)/packaging/host
units	:= aoipool-tune.service aoipool-metrics.service

# What is left out with the library for events, and with aoipoolctl.
pages_of_events := %/aoipool_listener.3 %/aoipool_for_each.3 %/aoipool-events.7
pages	:= $(filter-out $(if $(events_there),,$(pages_of_events)) \
	   $(if $(tools_there),,$(here)/man/aoipoolctl%),\
	   $(sort $(wildcard $(here)/man/*.[1-9])))

install: install-man install-host

# $(call install-page,page.3): and for each name that it has a link to it.
define install-page
	install -D -m 644 $1 \
		$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $1))/$(notdir $1)
	$(Q)for name in $$(awk -f $(here)/man/names.awk $1); do \
		[ "$$name$(suffix $1)" = $(notdir $1) ] || ln -sf $(notdir $1) \
			$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $1))/$$name$(suffix $1) \
			|| exit; \
	done

endef

install-man:
	$(foreach page,$(pages),$(call install-page,$(page)))

# $(call install-host-file,name,folder,name there)
define install-host-file
	$(if $2,install -d $(DESTDIR)$2)
	$(if $2,sed 's|@SBINDIR@|$(SBINDIR)|; s|@SYSCONFDIR@|$(SYSCONFDIR)|' \
		$(host)/$1 >$(DESTDIR)$2/$3)
	$(if $2,chmod 644 $(DESTDIR)$2/$3)

endef

# What an administrator may have changed stays.
install-host: $(if $(COMPLETIONDIR),install-completion) \
	      $(if $(SYSCONFDIR),install-settings)
	$(call install-host-file,60-aoipool.rules,$(UDEVRULESDIR),60-aoipool.rules)
	$(call install-host-file,aoipool.sysusers,$(SYSUSERSDIR),aoipool.conf)
	$(foreach unit,$(units),\
		$(call install-host-file,$(unit).in,$(UNITDIR),$(unit)))

install-completion:
	install -D -m 644 $(here)/completion/aoipoolctl \
		$(DESTDIR)$(COMPLETIONDIR)/aoipoolctl

install-settings:
	[ -e $(DESTDIR)$(SYSCONFDIR)/modprobe.d/aoipool.conf ] || \
		install -D -m 644 $(host)/aoipool.modprobe \
			$(DESTDIR)$(SYSCONFDIR)/modprobe.d/aoipool.conf

.PHONY: install-man install-host install-completion install-settings
