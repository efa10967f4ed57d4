// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "obstacle.h"

#include <errno.h>
#include <glob.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aoipool.h>
#include <linux/aoipool.h>

#include "array.h"
#include "host_file.h"

#define CAPABILITY_MODULE	16	/* CAP_SYS_MODULE */

#define SECURE_BOOT \
	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* Bits of /proc/sys/kernel/tainted that say that the kernel went wrong. */
#define TAINT_MACHINE_CHECK	(1UL << 4)
#define TAINT_BAD_PAGE		(1UL << 5)
#define TAINT_DIED		(1UL << 7)
#define TAINT_WARNED		(1UL << 9)
#define TAINT_LOCKUP		(1UL << 14)
#define TAINT_OF_A_CRASH	(TAINT_MACHINE_CHECK | TAINT_BAD_PAGE | \
				 TAINT_DIED | TAINT_LOCKUP)

#define SIGN_IT \
	"sign the module with a key that the firmware trusts: " \
	"'mokutil --import /var/lib/dkms/mok.pub' (its password is asked for at " \
	"the next boot, choose \"Enroll MOK\" there), reboot, build the module " \
	"again ('dkms install aoipool/VERSION --force', which signs), load it. Or " \
	"switch secure boot off in the firmware"

struct search {
	struct obstacles *obstacles;
	const struct module_file *file;
	const struct loaded_module *loaded;
	int err;
};

__attribute__((format(printf, 3, 4)))
static struct obstacle *add(struct search *search, const char *name,
			    const char *format, ...)
{
	struct obstacle obstacle = { .name = name };
	struct obstacles *all = search->obstacles;
	static struct obstacle none;
	va_list args;

	va_start(args, format);
	vsnprintf(obstacle.what, sizeof(obstacle.what), format, args);
	va_end(args);
	search->err = array_add(&all->list, &all->nr, &obstacle);
	return search->err ? &none : &all->list[all->nr - 1];
}

__attribute__((format(printf, 2, 3)))
static void remedy(struct obstacle *obstacle, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(obstacle->remedy, sizeof(obstacle->remedy), format, args);
	va_end(args);
}

static bool may_load(void)
{
	char status[4096], *line;

	if (host_file_read("/proc/self/status", status, sizeof(status)) < 0)
		return true;
	line = strstr(status, "\nCapEff:");
	return !line ||
	       strtoull(line + strlen("\nCapEff:"), NULL, 16) >>
		       CAPABILITY_MODULE & 1;
}

static void look_for_permission(struct search *search)
{
	struct obstacle *obstacle;

	if (may_load())
		return;
	obstacle = add(search, "permission",
		       "this process may not load modules (CAP_SYS_MODULE)");
	obstacle->stops = obstacle->is_permission = true;
	remedy(obstacle, "be root: 'sudo aoipoolctl load'; in a container, load "
			 "it on the host");
}

static bool there_is(const char *pattern)
{
	glob_t found;
	bool is = !glob(host_path(pattern).text, GLOB_NOSORT, NULL, &found);

	globfree(&found);
	return is;
}

static void list_other_kernels(char *text, size_t bytes)
{
	static const char pattern[] = "/lib/modules/*/*/aoipool.ko*";
	static const char deep[] = "/lib/modules/*/*/dkms/aoipool.ko*";
	size_t at = 0, skip = strlen(host_root()) + strlen("/lib/modules/");
	glob_t found;

	*text = '\0';
	glob(host_path(pattern).text, 0, NULL, &found);
	glob(host_path(deep).text, GLOB_APPEND, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc && at < bytes; i++) {
		const char *release = found.gl_pathv[i] + skip;

		at += snprintf(text + at, bytes - at, "%s%.*s", at ? ", " : "",
			       (int)strcspn(release, "/"), release);
	}
	globfree(&found);
}

static void say_how_to_install(struct obstacle *obstacle)
{
	const char *release = kernel_release();
	char build[256], headers[320] = "";

	snprintf(build, sizeof(build), "/lib/modules/%s/build/Makefile", release);
	if (!host_file_exists(build))
		snprintf(headers, sizeof(headers),
			 "its headers are missing: 'apt install "
			 "linux-headers-%s'; then ", release);
	if (there_is("/usr/src/aoipool-*") || there_is("/var/lib/dkms/aoipool"))
		remedy(obstacle, "%s'dkms autoinstall -k %s', and 'dkms status "
		       "aoipool' for how it went", headers, release);
	else
		remedy(obstacle, "%sinstall the package aoipool-dkms, or 'make "
		       "modules' in the sources and 'aoipoolctl load --file "
		       "build/kmod-running/aoipool.ko'", headers);
}

static void look_for_file(struct search *search)
{
	char others[192];
	struct obstacle *obstacle;

	if (*search->file->path)
		return;
	list_other_kernels(others, sizeof(others));
	obstacle = add(search, "not-installed",
		       "module aoipool is not installed for this kernel, %.64s%s%s",
		       kernel_release(), *others ? "; it is for " : "", others);
	obstacle->stops = true;
	say_how_to_install(obstacle);
}

static void look_at_vermagic(struct search *search)
{
	const char *vermagic = search->file->vermagic;
	size_t len = strcspn(vermagic, " ");
	struct obstacle *obstacle;

	if (!len || (strlen(kernel_release()) == len &&
		     !strncmp(vermagic, kernel_release(), len)))
		return;
	obstacle = add(search, "built-for-another-kernel",
		       "%.128s is built for Linux %.*s, this is %.64s",
		       search->file->path, (int)len, vermagic, kernel_release());
	obstacle->stops = true;
	remedy(obstacle, "build it for this kernel: 'dkms install aoipool/%s -k "
	       "%s --force', or 'make modules' in the sources",
	       search->file->version, kernel_release());
}

static void look_for_disabled_modules(struct search *search)
{
	struct obstacle *obstacle;

	if (!host_file_number("/proc/sys/kernel/modules_disabled", 0))
		return;
	obstacle = add(search, "modules-disabled",
		       "sysctl kernel.modules_disabled is 1: no module is loaded or "
		       "unloaded until the next boot");
	obstacle->stops = true;
	remedy(obstacle, "reboot, and load aoipool before whatever sets it (grep "
			 "-r modules_disabled /etc/sysctl.d /usr/lib/sysctl.d): "
			 "'echo aoipool >/etc/modules-load.d/aoipool.conf'");
}

static bool is_locked_down(void)
{
	char text[128];

	return host_file_read("/sys/kernel/security/lockdown", text,
			      sizeof(text)) > 0 &&
	       !strstr(text, "[none]");
}

static bool are_signatures_enforced(void)
{
	char text[8];

	return host_file_read("/sys/module/module/parameters/sig_enforce", text,
			      sizeof(text)) > 0 && *text == 'Y';
}

/* Four bytes of attributes, then the value. */
static bool is_secure_boot(void)
{
	char value[8] = "";

	return host_file_read(SECURE_BOOT, value, sizeof(value)) >= 5 &&
	       value[4] == 1;
}

static void look_at_signature(struct search *search)
{
	bool locked = is_locked_down(), enforced = are_signatures_enforced();
	struct obstacle *obstacle;

	if (!locked && !enforced)
		return;
	obstacle = add(search, "signature",
		       "%s: this kernel loads modules only that are signed by a key "
		       "it trusts; this one is %s%.100s",
		       locked ? "the kernel is locked down" :
				"module.sig_enforce is on",
		       !search->file->is_signed ? "not signed" : "signed by ",
		       search->file->signer);
	obstacle->stops = *search->file->path && !search->file->is_signed;
	remedy(obstacle, "%s", SIGN_IT);
}

static void look_for_secure_boot(struct search *search)
{
	struct obstacle *obstacle;

	if (!is_secure_boot())
		return;
	obstacle = add(search, "secure-boot",
		       "secure boot is on: the kernel may ask for a signature");
	if (!search->file->is_signed)
		remedy(obstacle, "%s", SIGN_IT);
}

static void look_at_taint(struct search *search)
{
	unsigned long taint = host_file_number("/proc/sys/kernel/tainted", 0);
	struct obstacle *obstacle;

	if (taint & TAINT_OF_A_CRASH) {
		obstacle = add(search, "kernel-crashed",
			       "the kernel went wrong since it was booted (taint%s%s%s%s), "
			       "nothing that it does now means much",
			       taint & TAINT_DIED ? " D: an oops" : "",
			       taint & TAINT_BAD_PAGE ? " B: a bad page" : "",
			       taint & TAINT_MACHINE_CHECK ?
				       " M: a machine check" : "",
			       taint & TAINT_LOCKUP ? " L: a lockup" : "");
		remedy(obstacle, "read 'journalctl -k', then reboot");
	} else if (taint & TAINT_WARNED) {
		obstacle = add(search, "kernel-warned",
			       "the kernel has warned of something since it was booted "
			       "(taint W)");
		remedy(obstacle, "see 'journalctl -k | grep -A 20 WARNING:'");
	}
}

/* Said before it is found in a report of somebody else's. */
static void explain_taint(struct search *search)
{
	if (search->loaded->is_there || !*search->file->path)
		return;
	add(search, "will-taint",
	    "loading it taints the kernel with O (from outside the kernel's tree)%s; "
	    "that is harmless, but support may ask",
	    search->file->is_signed ? "" : " and, where signatures are looked at, "
					   "E (not signed)");
}

static void look_at_configuration(struct search *search)
{
	struct obstacle *obstacle;

	if (search->file->is_blacklisted) {
		obstacle = add(search, "blacklisted",
			       "a blacklist line of modprobe.d keeps it from being "
			       "loaded by itself; by name it is loaded");
		remedy(obstacle, "grep -rw aoipool /etc/modprobe.d");
	}
	if (search->file->install_command) {
		obstacle = add(search, "install-command",
			       "an install line of modprobe.d runs '%.100s' instead "
			       "of loading it", search->file->install_command);
		remedy(obstacle, "grep -rw aoipool /etc/modprobe.d");
	}
}

static void look_at_versions(struct search *search)
{
	const struct loaded_module *loaded = search->loaded;
	const struct module_file *file = search->file;
	struct obstacle *obstacle;

	if (!loaded->is_there)
		return;
	if (loaded->abi_version && loaded->abi_version != AOIPOOL_ABI_VERSION) {
		obstacle = add(search, "abi-mismatch",
			       "the loaded module speaks ABI %u, this tool %u",
			       loaded->abi_version, AOIPOOL_ABI_VERSION);
		remedy(obstacle, "install module and library of one version, "
				 "'aoipoolctl unload', 'aoipoolctl load'");
	}
	if (*file->srcversion && *loaded->srcversion &&
	    strcmp(file->srcversion, loaded->srcversion)) {
		obstacle = add(search, "another-is-installed",
			       "another build is installed (%s) than is loaded (%s)",
			       file->srcversion, loaded->srcversion);
		remedy(obstacle, "'aoipoolctl unload', 'aoipoolctl load'");
	}
	if (*loaded->version && strcmp(loaded->version, aoipool_version())) {
		obstacle = add(search, "version-mismatch",
			       "the module is of version %s, the library of %s",
			       loaded->version, aoipool_version());
		remedy(obstacle, "they work together as long as the ABI is the "
				 "same; install both of one version");
	}
}

/* What is loaded cannot be stopped; the next time it would be. */
static void let_pass(struct obstacles *obstacles)
{
	for (size_t i = 0; i < obstacles->nr; i++)
		obstacles->list[i].stops = false;
}

int obstacles_find(struct obstacles *obstacles, const struct module_file *file,
		   const struct loaded_module *loaded)
{
	static void (*const looks[])(struct search *search) = {
		look_for_permission, look_for_file, look_at_vermagic,
		look_for_disabled_modules, look_at_signature,
		look_for_secure_boot, look_at_taint, look_at_configuration,
		look_at_versions, explain_taint,
	};
	struct search search = { .obstacles = obstacles, .file = file,
				 .loaded = loaded };

	*obstacles = (struct obstacles){ 0 };
	for (size_t i = 0; i < sizeof(looks) / sizeof(*looks); i++)
		if (!search.err)
			looks[i](&search);
	if (search.err)
		obstacles_free(obstacles);
	else if (loaded->is_there)
		let_pass(obstacles);
	return search.err;
}

bool obstacles_stop(const struct obstacles *obstacles)
{
	for (size_t i = 0; i < obstacles->nr; i++)
		if (obstacles->list[i].stops)
			return true;
	return false;
}

void obstacles_free(struct obstacles *obstacles)
{
	free(obstacles->list);
	*obstacles = (struct obstacles){ 0 };
}

const char *obstacle_of_error(int err)
{
	switch (-err) {
	case EKEYREJECTED:
		return "the key that signed it is not trusted (\"Key was rejected by "
		       "service\"): " SIGN_IT;
	case ENOKEY:
		return "it is not signed by a key that the kernel knows: " SIGN_IT;
	case EBADMSG:
		return "its signature is broken: install it again";
	case EPERM:
		return "not permitted: either not root, or lockdown, or modules are "
		       "disabled until the next boot";
	case ENOEXEC:
		return "it is not built for this kernel: build it again, 'dkms "
		       "install' or 'make modules'";
	case ENOENT:
		return "it wants a symbol that this kernel has not: it is built "
		       "against other headers than the kernel's, build it again";
	case EINVAL:
		return "a parameter is out of range, or the module is not built as "
		       "this kernel was";
	case EOPNOTSUPP:
		return "this CPU has not what a parameter asks for (clear_mode)";
	case ENOMEM:
		return "no memory for it: see 'free -m', and depot_high_blocks";
	case EEXIST:
		return "it is loaded already";
	case EBUSY:
		return "it is being loaded or unloaded just now: try again";
	default:
		return strerror(-err);
	}
}
