/*
 * conf.c - unit tests of conf/: every way a line can be right or wrong, and
 * which files make up a configuration. Needs no root and no network; files
 * are made in a directory of its own below TMPDIR.
 */
#include "config.h"

#include "conf/conf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Any user but root. */
#define OTHER_UID 65534

/* What a fixture holds: a directory, and the place that describes it. */
struct fixture {
	char dir[64];
	struct conf_place place;
	char warnings[4096];
};

static void
remember_warning(void *context, const char *text)
{
	struct fixture *f = context;
	size_t used = strlen(f->warnings);

	snprintf(f->warnings + used, sizeof f->warnings - used, "%s\n", text);
}

static const char *
path_of(const struct fixture *f, const char *name)
{
	static char path[512];

	snprintf(path, sizeof path, "%s/%s", f->dir, name);
	return path;
}

static void
put(const struct fixture *f, const char *name, const char *bytes, size_t length)
{
	FILE *file = fopen(path_of(f, name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static void
write_file(const struct fixture *f, const char *name, const char *text)
{
	put(f, name, text, strlen(text));
}

static int
make_fixture(void **state)
{
	static const char *const names[] = {
	    "vendor", "conf.d", "run", "user.d"};
	struct fixture *f = calloc(1, sizeof *f);
	const char *tmp = getenv("TMPDIR");

	umask(022);
	snprintf(f->dir, sizeof f->dir, "%.40s/conf.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(f->dir) == NULL)
		return -1;
	for (size_t i = 0; i < COUNT(names); i++)
		mkdir(path_of(f, names[i]), 0755);
	conf_place_private(&f->place, f->dir);
	snprintf(f->place.dropins[0], 256, "%s/vendor", f->dir);
	snprintf(f->place.dropins[1], 256, "%s/conf.d", f->dir);
	snprintf(f->place.dropins[2], 256, "%s/run", f->dir);
	*state = f;
	return 0;
}

static int
remove_fixture(void **state)
{
	struct fixture *f = *state;
	char command[128];

	snprintf(command, sizeof command, "rm -rf '%s'", f->dir);
	free(*state);
	return system(command);
}

/* A line and the value that comes of it, as --show-config prints it. */
static const struct {
	const char *text, *shown;
} good_lines[] = {
    {"listen=YES",				  "listen=YES"                 },
    {"listen=yes",				  "listen=YES"                 },
    {"listen=True",				 "listen=YES"                 },
    {"listen=1",				    "listen=YES"                 },
    {"use_sendfile=NO",			     "use_sendfile=NO"            },
    {"use_sendfile=false",                          "use_sendfile=NO"            },
    {"use_sendfile=0",			      "use_sendfile=NO"            },
    {" \tlisten \t=\t YES \t",                      "listen=YES"                 },
    {"listen=YES\r\n",			      "listen=YES"                 },
    {"\n\r\n \t\n# listen=NO\n \t# no\nlisten=YES", "listen=YES"                 },
    {"#=\nlisten=YES\n",			    "listen=YES"                 },
    {"idle_session_timeout=1",                      "idle_session_timeout=1"     },
    {"max_clients=0",			       "max_clients=0"              },
    {"listen_port=65535",			   "listen_port=65535"          },
    {"anon_max_rate=10",			    "anon_max_rate=10"           },
    {"anon_max_rate=10k",			   "anon_max_rate=10240"        },
    {"anon_max_rate=2M",			    "anon_max_rate=2097152"      },
    {"anon_max_rate=1G",			    "anon_max_rate=1073741824"   },
    {"anon_max_rate=1T",			    "anon_max_rate=1099511627776"},
    {"upload_max_size=9223372036854775807",
     "upload_max_size=9223372036854775807"                                       },
    {"local_umask=022",			     "local_umask=0022"           },
    {"local_umask=22",			      "local_umask=0022"           },
    {"local_umask=0",			       "local_umask=0000"           },
    {"file_open_mode=0777",                         "file_open_mode=0777"        },
    {"anon_root=/srv/ftp",                          "anon_root=/srv/ftp"         },
    {"anon_root=/a b=c#d",                          "anon_root=/a b=c#d"         },
    {"xferlog_file=",			       "xferlog_file="              },
    {"ftpd_banner=Gr\xc3\xbc\xc3\x9f Gott ",
     "ftpd_banner=Gr\xc3\xbc\xc3\x9f Gott"                                       },
    {"deny_file={*.mp3,.private}",                  "deny_file={*.mp3,.private}" },
};

/* A text and the error that it gives. */
static const struct {
	unsigned scope;
	const char *text, *error;
} bad_lines[] = {
    {CONF_GLOBAL, "listen=maybe",				      "f:1: listen: \"maybe\" won't do; YES or NO"     },
    {CONF_GLOBAL, "listen=",					   "f:1: listen: \"\" won't do; YES or NO"          },
    {CONF_GLOBAL, "\n#\nlisten=2",				     "f:3: listen: \"2\" won't do; YES or NO"         },
    {CONF_GLOBAL, "listen_port=0",
     "f:1: listen_port: \"0\" won't do; a whole number from 1 to 65535, "
	"without leading 0"											     },
    {CONF_GLOBAL, "listen_port=65536",
     "f:1: listen_port: \"65536\" won't do; a whole number from 1 to 65535, "
	"without leading 0"											     },
    {CONF_GLOBAL, "listen_port=021",
     "f:1: listen_port: \"021\" won't do; a whole number from 1 to 65535, "
	"without leading 0"											     },
    {CONF_GLOBAL, "listen_port=-1",
     "f:1: listen_port: \"-1\" won't do; a whole number from 1 to 65535, "
	"without leading 0"											     },
    {CONF_GLOBAL, "listen_port=21 22",
     "f:1: listen_port: \"21 22\" won't do; a whole number from 1 to 65535, "
	"without leading 0"											     },
    {CONF_GLOBAL, "listen_port=99999999999999999999",
     "f:1: listen_port: \"99999999999999999999\" won't do; a whole number "
	"from 1 to 65535, without leading 0"									    },
    {CONF_GLOBAL, "login_timeout=1m",
     "f:1: login_timeout: \"1m\" won't do; a whole number of seconds from 1 "
	"to 31536000, without leading 0"										},
    {CONF_GLOBAL, "anon_max_rate=1X",
     "f:1: anon_max_rate: \"1X\" won't do; a number of bytes from 0 to "
	"9223372036854775807, without leading 0; K, M, G or T may follow it"                                            },
    {CONF_GLOBAL, "anon_max_rate=1KB",
     "f:1: anon_max_rate: \"1KB\" won't do; a number of bytes from 0 to "
	"9223372036854775807, without leading 0; K, M, G or T may follow it"                                            },
    {CONF_GLOBAL, "anon_max_rate=8388608T",
     "f:1: anon_max_rate: \"8388608T\" won't do; a number of bytes from 0 "
	"to 9223372036854775807, without leading 0; K, M, G or T may follow "
	"it"													    },
    {CONF_GLOBAL, "anon_max_rate=K",
     "f:1: anon_max_rate: \"K\" won't do; a number of bytes from 0 to "
	"9223372036854775807, without leading 0; K, M, G or T may follow it"                                            },
    {CONF_GLOBAL, "local_umask=8",
     "f:1: local_umask: \"8\" won't do; an octal number from 0 to 0777"                                                 },
    {CONF_GLOBAL, "local_umask=0190",
     "f:1: local_umask: \"0190\" won't do; an octal number from 0 to 0777"                                              },
    {CONF_GLOBAL, "local_umask=10000",
     "f:1: local_umask: \"10000\" won't do; an octal number from 0 to 0777"                                             },
    {CONF_GLOBAL, "local_umask=",
     "f:1: local_umask: \"\" won't do; an octal number from 0 to 0777"                                                  },
    {CONF_GLOBAL, "anon_root=srv/ftp",
     "f:1: anon_root: \"srv/ftp\" won't do; an absolute path, at most 4095 "
	"bytes, or nothing"											     },
    {CONF_GLOBAL, "listen",
     "f:1: listen: no '=' in the line; lines are "
	"option=value"												  },
    {CONF_GLOBAL, "password $6$salt$secret",
     "f:1: password: no '=' in the line; lines are option=value"                                                        },
    {CONF_GLOBAL, "=YES",
     "f:1: no name of a directive at the line's beginning; lines are "
	"option=value, comments begin with #, and there are no sections"                                                       },
    {CONF_GLOBAL, "anonymous_enabel=YES",
     "f:1: anonymous_enabel: unknown directive; did you mean "
	"anonymous_enable?"											     },
    {CONF_GLOBAL, "Listen=YES",
     "f:1: Listen: unknown directive; did you mean listen?"                                                             },
    {CONF_GLOBAL, "colour=YES",
     "f:1: colour: unknown directive; inftpd.conf(5) names them all"                                                    },
    {CONF_GLOBAL, "listen\xff=YES",
     "f:1: listen: unknown directive; did you mean listen?"                                                             },
    {CONF_GLOBAL,
     "a_name_that_is_longer_than_any_directive_that_there_ever_was=1", "f:1: a_name_that_is_longer_than_any_directive_that_th: unknown "
	"directive; inftpd.conf(5) names them all"},
    {CONF_GLOBAL, "listen=NO\n\nlisten=YES",
     "f:3: listen: already set in line 1; once in a file"							       },
    {CONF_GLOBAL, "background=NO\nbackground=NO",
     "f:2: background: already set in line 1; once in a file"                                                           },
    {CONF_GLOBAL, "listen=Y\001S",
     "f:1: control byte 0x01 at column 9; lines are text"							       },
    {CONF_GLOBAL, "# \x7f",
     "f:1: control byte 0x7f at column 3; lines are text"							       },
    {CONF_GLOBAL, "listen=YES\r\r",
     "f:1: control byte 0x0d at column 11; lines are text, and end in LF "
	"or CR LF"							      },
    {CONF_GLOBAL, "ftpd_banner=a\tb",
     "f:1: ftpd_banner: a tab inside the value; write a space"                                                          },
    {CONF_GLOBAL, "password=x",
     "f:1: password: not in inftpd.conf or conf.d; it may stand in "
	"user.d/NAME.conf"											      },
    {CONF_USER,   "listen=YES",
     "f:1: listen: not in a drop-in of user.d; it may stand in inftpd.conf, "
	"conf.d"												    },
    {CONF_USER,   "max_clients=5",
     "f:1: max_clients: not in a drop-in of user.d; it may stand in "
	"inftpd.conf, conf.d, net.d"											},
    {CONF_USER,   "background=YES",
     "f:1: background: not in a drop-in of user.d; it may stand in "
	"inftpd.conf, conf.d"											},
    {CONF_GLOBAL, "ftp_enable=NO",
     "f:1: ftp_enable: refused; FTP is all there is, disable the service to "
	"stop it"												       },
    {CONF_GLOBAL, "ftp_enable=x",				      "f:1: ftp_enable: \"x\" won't do; YES or NO"     },
    {CONF_GLOBAL, "http_enable=YES",
     "f:1: http_enable: refused; there is no HTTP in here, run a web server "
	"beside it"												     },
    {CONF_GLOBAL, "dsa_cert_file=/x",
     "f:1: dsa_cert_file: refused; DSA is no part of TLS 1.3, get an RSA or "
	"ECDSA certificate and name it in rsa_cert_file"								},
    {CONF_GLOBAL, "seccomp_sandbox=perhaps",
     "f:1: seccomp_sandbox: \"perhaps\" won't do; YES or NO"                                                            },
};

/* Lines that change nothing, and the warning that they give. */
static const struct {
	const char *text, *warning;
} noted_lines[] = {
    {"ftp_enable=YES",             ""			     },
    {"http_enable=NO",             ""			     },
    {"seccomp_sandbox=YES",        ""                             },
    {"nopriv_user=" FTPD_USER,     ""                             },
    {"allow_writeable_chroot=YES", ""                             },
    {"bind_retries=20",            ""			     },
    {"utf8_filesystem=NO",         ""			     },
    {"seccomp_sandbox=NO",
     "f:1: seccomp_sandbox: no effect; the sandbox is always on, remove the "
	"line and report what it breaks\n"                        },
    {"nopriv_user=nobody",
     "f:1: nopriv_user: no effect; the user is set by User= in the unit or "
	"user= in the xinetd entry\n"                             },
    {"pam_service_name=vsftpd",
     "f:1: pam_service_name: no effect; there is no PAM; see userlist_file, "
	"check_shell and password= in user.d, and /etc/ftpusers\n"},
};

/* What conf_show() prints; the caller frees it. */
static char *
shown(const struct conf *conf)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	conf_show(conf, out);
	fclose(out);
	return text;
}

/* Whether text has this whole line. */
static bool
has_line(const char *text, const char *line)
{
	size_t length = strlen(line);
	const char *p = text;

	while ((p = strstr(p, line)) != NULL) {
		if ((p == text || p[-1] == '\n') && p[length] == '\n')
			return true;
		p++;
	}
	return false;
}

static void
table_is_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < conf_directive_count; i++) {
		const struct directive *row = &conf_directives[i];

		if (i > 0 && strcmp(row[-1].name, row->name) >= 0)
			fail_msg("%s is out of order", row->name);
		if (conf_find(row->name) != row)
			fail_msg("%s is not found", row->name);
		if (row->help == NULL || strpbrk(row->help, "\t\n") != NULL)
			fail_msg("%s: bad help", row->name);
		if (row->preset == NULL && row->type < CONF_NOTE)
			fail_msg("%s has no default", row->name);
	}
	assert_null(conf_find("listening"));
	assert_null(conf_find(""));
}

static void
good_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good_lines); i++) {
		struct conf_error error = {""};
		struct conf conf;
		char *text;

		assert_int_equal(conf_init(&conf), 0);
		if (conf_read_text(&conf, "f", good_lines[i].text, CONF_GLOBAL,
			NULL, NULL, &error) != 0)
			fail_msg("\"%s\": %s", good_lines[i].text, error.text);
		text = shown(&conf);
		if (!has_line(text, good_lines[i].shown))
			fail_msg("\"%s\": no %s", good_lines[i].text,
			    good_lines[i].shown);
		free(text);
		conf_done(&conf);
	}
}

static void
bad_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_lines); i++) {
		struct conf_error error = {""};
		struct conf conf;
		int r;

		assert_int_equal(conf_init(&conf), 0);
		r = conf_read_text(&conf, "f", bad_lines[i].text,
		    bad_lines[i].scope, NULL, NULL, &error);
		if (r != -EINVAL || strcmp(error.text, bad_lines[i].error) != 0)
			fail_msg("\"%s\": %d \"%s\"", bad_lines[i].text, r,
			    error.text);
		conf_done(&conf);
	}
}

static void
noted_values(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(noted_lines); i++) {
		struct conf_error error = {""};
		struct conf conf;

		f->warnings[0] = '\0';
		assert_int_equal(conf_init(&conf), 0);
		if (conf_read_text(&conf, "f", noted_lines[i].text, CONF_GLOBAL,
			remember_warning, f, &error) != 0)
			fail_msg("\"%s\": %s", noted_lines[i].text, error.text);
		assert_string_equal(f->warnings, noted_lines[i].warning);
		/* Nobody has to listen. */
		assert_int_equal(conf_read_text(&conf, "f", noted_lines[i].text,
				     CONF_GLOBAL, NULL, NULL, NULL),
		    0);
		conf_done(&conf);
	}
}

static void
long_path(void **state)
{
	char line[4200] = "anon_root=/";
	struct conf_error error;
	struct conf conf;

	(void)state;
	memset(line + strlen(line), 'x', 4094);
	assert_int_equal(conf_init(&conf), 0);
	assert_int_equal(
	    conf_read_text(&conf, "f", line, CONF_GLOBAL, NULL, NULL, &error),
	    0);
	line[strlen(line)] = 'x';
	assert_int_equal(
	    conf_read_text(&conf, "f", line, CONF_GLOBAL, NULL, NULL, &error),
	    -EINVAL);
	assert_non_null(strstr(error.text, "; an absolute path"));
	conf_done(&conf);
}

/* Runs conf_load and expects success, or exactly this error. */
static void
expect_load(
    struct fixture *f, struct conf *conf, int result, const char *format)
{
	struct conf_error error = {""};
	char wanted[1024] = "";
	int r;

	if (format != NULL)
		snprintf(wanted, sizeof wanted, "%s/%s", f->dir, format);
	f->warnings[0] = '\0';
	r = conf_load(conf, &f->place, remember_warning, f, &error);
	assert_string_equal(error.text, wanted);
	assert_int_equal(r, result);
	if (r < 0)
		assert_null(conf->origins);
}

static void
load_nothing(void **state)
{
	struct fixture *f = *state;
	struct conf_place none = {0}, missing;
	struct conf conf;

	assert_int_equal(conf_load(&conf, &none, NULL, NULL, NULL), 0);
	assert_true(conf.use_sendfile);
	assert_false(conf.write_enable);
	assert_int_equal(conf.local_umask, 077);
	assert_int_equal(conf.login_timeout, 60);
	assert_null(conf.user_config_dir);
	assert_string_equal(conf.message_file, ".message");
	conf_done(&conf);
	conf_done(&conf);
	assert_int_equal(conf_place_private(&missing, path_of(f, "none")), 0);
	assert_int_equal(conf_load(&conf, &missing, NULL, NULL, NULL), 0);
	conf_done(&conf);
}

static void
load_order(void **state)
{
	struct fixture *f = *state;
	struct conf conf;
	char *text, wanted[128];

	write_file(f, "inftpd.conf", "max_clients=1\nmax_per_ip=1\n");
	/* The base name decides, not the directory ... */
	write_file(f, "vendor/50-b.conf", "max_clients=2");
	write_file(f, "run/10-a.conf", "max_clients=3\nlisten_port=3\n");
	/* ... but for the same one, where the later directory replaces. */
	write_file(f, "vendor/60.conf", "max_per_ip=4\nlisten_port=4\n");
	write_file(f, "conf.d/60.conf", "max_per_ip=5\n");
	write_file(f, "conf.d/A.conf", "ftp_data_port=5\n");
	write_file(f, "conf.d/a.conf", "ftp_data_port=6\n");
	/* Not drop-ins. */
	write_file(f, "conf.d/zz.conf~", "broken");
	write_file(f, "conf.d/.zz.conf", "broken");
	write_file(f, "conf.d/conf", "broken");
	expect_load(f, &conf, 0, NULL);
	assert_int_equal(conf.max_clients, 2);
	assert_int_equal(conf.max_per_ip, 5);
	assert_int_equal(conf.listen_port, 3);
	assert_int_equal(conf.ftp_data_port, 6);
	text = shown(&conf);
	snprintf(wanted, sizeof wanted,
	    "# origin: %s/run/10-a.conf:2\n"
	    "listen_port=3",
	    f->dir);
	assert_true(has_line(text, wanted));
	assert_true(has_line(text, "# origin: default\nlisten_ipv6=NO"));
	free(text);
	conf_done(&conf);
}

static void
load_masked(void **state)
{
	struct fixture *f = *state;
	struct conf conf;

	write_file(f, "vendor/60.conf", "broken");
	assert_int_equal(symlink("/dev/null", path_of(f, "run/60.conf")), 0);
	expect_load(f, &conf, 0, NULL);
	conf_done(&conf);
}

static void
load_warns(void **state)
{
	struct fixture *f = *state;
	struct conf conf;

	write_file(f, "inftpd.conf", "\nsession_support=YES\n");
	expect_load(f, &conf, 0, NULL);
	assert_non_null(strstr(f->warnings,
	    "inftpd.conf:2: session_support: no effect; there is no utmp"));
	conf_done(&conf);
}

static void
load_bad_files(void **state)
{
	struct fixture *f = *state;
	struct conf conf;
	char *big = malloc(1024 * 1024 + 1);

	put(f, "conf.d/a.conf", "listen=Y\0ES\n", 12);
	expect_load(f, &conf, -EINVAL,
	    "conf.d/a.conf:1: control byte 0x00 at column 9; lines are text, "
	    "in UTF-8 and not UTF-16");
	memset(big, '\n', 1024 * 1024 + 1);
	put(f, "conf.d/a.conf", big, 1024 * 1024);
	expect_load(f, &conf, 0, NULL);
	conf_done(&conf);
	put(f, "conf.d/a.conf", big, 1024 * 1024 + 1);
	expect_load(f, &conf, -EFBIG,
	    "conf.d/a.conf: larger than 1 MiB; no configuration is");
	free(big);
	unlink(path_of(f, "conf.d/a.conf"));
	mkfifo(path_of(f, "conf.d/a.conf"), 0644);
	expect_load(f, &conf, -EINVAL,
	    "conf.d/a.conf: not a regular file; only "
	    "those and links to /dev/null may be here");
	unlink(path_of(f, "conf.d/a.conf"));
	mkdir(path_of(f, "conf.d/a.conf"), 0755);
	expect_load(f, &conf, -EINVAL,
	    "conf.d/a.conf: not a regular file; only "
	    "those and links to /dev/null may be here");
	rmdir(path_of(f, "conf.d/a.conf"));
	assert_int_equal(symlink("nowhere", path_of(f, "conf.d/a.conf")), 0);
	expect_load(f, &conf, -ENOENT,
	    "conf.d/a.conf: a link to what is not there; remove it, or "
	    "have it lead to /dev/null");
}

static void
load_unreadable(void **state)
{
	struct fixture *f = *state;
	bool root = geteuid() == 0;
	struct conf conf;

	rmdir(path_of(f, "run"));
	write_file(f, "run", "");
	expect_load(f, &conf, -ENOTDIR, "run: cannot be read: Not a directory");
	unlink(path_of(f, "run"));
	/* Root may read anything, so be somebody else for a moment. */
	if (root) {
		assert_int_equal(chown(f->dir, OTHER_UID, OTHER_UID), 0);
		assert_int_equal(seteuid(OTHER_UID), 0);
	}
	assert_int_equal(mkdir(path_of(f, "run"), 0), 0);
	expect_load(
	    f, &conf, -EACCES, "run: cannot be read: Permission denied");
	chmod(path_of(f, "run"), 0755);
	write_file(f, "run/a.conf", "");
	chmod(path_of(f, "run/a.conf"), 0);
	expect_load(
	    f, &conf, -EACCES, "run/a.conf: cannot be read: Permission denied");
	if (root)
		assert_int_equal(seteuid(0), 0);
}

static void
load_contradictions(void **state)
{
	struct fixture *f = *state;
	struct conf conf;

	write_file(
	    f, "inftpd.conf", "pasv_max_port=1000\npasv_min_port=1001\n");
	expect_load(f, &conf, -EINVAL,
	    "inftpd.conf:2: pasv_min_port: 1001 is "
	    "above pasv_max_port; at most 1000");
	write_file(f, "inftpd.conf", "pasv_min_port=1001\n");
	expect_load(f, &conf, 0, NULL);
	conf_done(&conf);
	write_file(f, "inftpd.conf", "chown_uploads=YES\n");
	expect_load(f, &conf, -EINVAL,
	    "inftpd.conf:1: chown_uploads: uploads "
	    "would belong to root; name another user in chown_username");
	write_file(f, "inftpd.conf", "chown_uploads=YES\nchown_username=ftp\n");
	expect_load(f, &conf, 0, NULL);
	conf_done(&conf);
}

static void
show_reads_back(void **state)
{
	struct fixture *f = *state;
	struct conf_error error;
	struct conf conf, again;
	char *first, *second, *p;

	write_file(f, "inftpd.conf",
	    "local_umask=022\nanon_root=/a b\n"
	    "upload_max_size=1G\ncheck_shell=no\nmessage_file=\n");
	expect_load(f, &conf, 0, NULL);
	assert_int_equal(conf_read_text(&conf, "u", "password=$y$x\n",
			     CONF_USER, NULL, NULL, &error),
	    0);
	first = shown(&conf);
	assert_true(has_line(first, "# password is set (not shown)"));
	assert_null(strstr(first, "$y$"));
	assert_int_equal(conf_init(&again), 0);
	assert_int_equal(
	    conf_read_text(&again, "s", first, CONF_GLOBAL, NULL, NULL, &error),
	    0);
	second = shown(&again);
	/* The same lines but for the comments. */
	for (p = strtok(first, "\n"); p != NULL; p = strtok(NULL, "\n"))
		if (*p != '#' && !has_line(second, p))
			fail_msg("lost: %s", p);
	free(first);
	free(second);
	conf_done(&conf);
	conf_done(&again);
}

static void
list_has_all(void **state)
{
	char *text;
	size_t size, lines = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	conf_list(out);
	fclose(out);
	for (const char *p = text; *p != '\0'; p++)
		lines += *p == '\n';
	assert_int_equal(lines, conf_directive_count);
	assert_true(has_line(text,
	    "accept_timeout\tseconds\t60\tglobal,net,host,group,user\tWait for the client "
	    "to open a passive data connection."));
	assert_true(
	    has_line(text, "password\ttext\t\tuser\tA crypt(5) hash; it "
			   "makes the drop-in a virtual user."));
	assert_non_null(strstr(text, "\nftp_enable\trefused\tYES\tglobal\t"));
	assert_non_null(strstr(text, "\ndh_param_file\tnote\t\tglobal\t"));
	free(text);
}

#define HASH "abcdefghijklmnopqrstuvwxyz"

/* Reads a user and expects this result and, if negative, exactly this error. */
static void
expect_user(struct fixture *f, struct conf *conf, const char *user, int result,
    const char *format)
{
	struct conf_error error = {""};
	char wanted[1024] = "";
	int r;

	if (format != NULL)
		snprintf(wanted, sizeof wanted, "%s/user.d/%s", f->dir, format);
	assert_int_equal(conf_init(conf), 0);
	r = conf_read_user(conf, f->place.user_dir, user, &error);
	if (r != result || (r < 0 && strcmp(error.text, wanted) != 0))
		fail_msg("%s: %d \"%s\"", user, r, error.text);
}

static void
user_files(void **state)
{
	struct fixture *f = *state;
	struct conf conf;

	write_file(f, "user.d/ann.conf",
	    "password=$y$j9T$h$" HASH "\nwrite_enable=YES\n"
	    "local_umask=027\nlocal_root=\n");
	write_file(f, "user.d/ann", "broken");
	write_file(f, "user.d/bob", "write_enable=YES\n");
	write_file(f, "user.d/eve", "password=$y$j9T$old$" HASH "\n");
	expect_user(f, &conf, "ann", 1, NULL);
	assert_string_equal(conf.password, "$y$j9T$h$" HASH);
	assert_true(conf.write_enable);
	conf_done(&conf);
	expect_user(f, &conf, "bob", 1, NULL);
	assert_true(conf.write_enable);
	conf_done(&conf);
	expect_user(f, &conf, "eve", -EINVAL,
	    "eve:1: password: not in a file "
	    "without .conf; it may stand in user.d/NAME.conf");
	conf_done(&conf);
	/* A link to /dev/null hides vsftpd's file as well. */
	assert_int_equal(
	    symlink("/dev/null", path_of(f, "user.d/bob.conf")), 0);
	expect_user(f, &conf, "bob", 0, NULL);
	conf_done(&conf);
}

static void
user_names(void **state)
{
	static const char *const names[] = {"", ".", "..", ".ann", "../ann",
	    "user.d/ann", "/ann", "ann\n", "ann\x7f", "ann.conf", "nobody"};
	struct fixture *f = *state;
	struct conf conf;
	char longest[256];

	write_file(f, "user.d/ann.conf", "write_enable=YES\n");
	write_file(f, "user.d/.ann.conf", "write_enable=YES\n");
	write_file(f, "ann.conf", "write_enable=YES\n");
	for (size_t i = 0; i < COUNT(names); i++) {
		expect_user(f, &conf, names[i], 0, NULL);
		conf_done(&conf);
	}
	memset(longest, 'x', 255);
	for (size_t length = 249; length <= 255; length++) {
		longest[length] = '\0';
		expect_user(f, &conf, longest, 0, NULL);
		conf_done(&conf);
		longest[length] = 'x';
	}
	assert_int_equal(conf_init(&conf), 0);
	assert_int_equal(
	    conf_read_user(&conf, path_of(f, "none"), "ann", NULL), 0);
	conf_done(&conf);
}

static void
user_errors(void **state)
{
	struct fixture *f = *state;
	struct conf_error error;
	struct conf conf;
	char dir[5000];

	write_file(f, "user.d/ann.conf", "write_enable=YES\n");
	chmod(path_of(f, "user.d/ann.conf"), 0664);
	expect_user(f, &conf, "ann", -EPERM,
	    "ann.conf: writable by group or "
	    "others; take that away (chmod go-w)");
	conf_done(&conf);
	chmod(path_of(f, "user.d/ann.conf"), 0646);
	expect_user(f, &conf, "ann", -EPERM,
	    "ann.conf: writable by group or "
	    "others; take that away (chmod go-w)");
	conf_done(&conf);
	write_file(f, "user.d/bob.conf", "chown_uploads=YES\n");
	expect_user(f, &conf, "bob", -EINVAL,
	    "bob.conf:1: chown_uploads: uploads "
	    "would belong to root; name another user in chown_username");
	conf_done(&conf);
	memset(dir, '/', sizeof dir - 1);
	dir[sizeof dir - 1] = '\0';
	assert_int_equal(conf_init(&conf), 0);
	assert_int_equal(
	    conf_read_user(&conf, dir, "ann", &error), -ENAMETOOLONG);
	conf_done(&conf);
}

static void
user_settings(void **state)
{
	static const char all[] = "local_root=\nlocal_umask=0027\n"
				  "write_enable=YES\n";
	struct fixture *f = *state;
	struct conf conf;
	char text[128];

	write_file(f, "user.d/ann.conf",
	    "password=$y$j9T$h$" HASH "\nwrite_enable=YES\n"
	    "local_umask=027\nlocal_root=\nallow_writeable_chroot=YES\n");
	expect_user(f, &conf, "ann", 1, NULL);
	assert_int_equal(
	    conf_settings(&conf, CONF_USER, text, sizeof text), sizeof all - 1);
	assert_string_equal(text, all);
	for (size_t size = 0; size < sizeof all; size++) {
		memset(text, 'x', sizeof text);
		assert_int_equal(
		    conf_settings(&conf, CONF_USER, text, size), sizeof all - 1);
		assert_int_equal(text[size], 'x');
		if (size > 0)
			assert_int_equal(strlen(text), size - 1);
	}
	conf_done(&conf);
}

static void
places(void **state)
{
	char name[CONF_INSTANCE_MAX + 2];
	struct conf_place place;
	char dir[300];

	(void)state;
	assert_int_equal(conf_place_system(&place, NULL), 0);
	assert_non_null(strstr(place.file, "/inftpd/inftpd.conf"));
	assert_int_equal(conf_place_system(&place, ""), 0);
	assert_non_null(strstr(place.user_dir, "/inftpd/user.d"));
	assert_int_equal(conf_place_system(&place, "ftps-2"), 0);
	assert_non_null(
	    strstr(place.file, "/inftpd/instances/ftps-2/inftpd.conf"));
	assert_non_null(strstr(place.dropins[2], "/instances/ftps-2/conf.d"));
	assert_int_equal(conf_place_system(&place, "../x"), -EINVAL);
	assert_int_equal(conf_place_system(&place, "a.b"), -EINVAL);
	assert_int_equal(conf_place_system(&place, "a b"), -EINVAL);
	memset(name, 'n', sizeof name);
	name[CONF_INSTANCE_MAX + 1] = '\0';
	assert_int_equal(conf_place_system(&place, name), -EINVAL);
	name[CONF_INSTANCE_MAX] = '\0';
	assert_int_equal(conf_place_system(&place, name), 0);
	memset(dir, 'd', sizeof dir);
	dir[244] = '\0';
	assert_int_equal(conf_place_private(&place, dir), -ENAMETOOLONG);
	dir[243] = '\0';
	assert_int_equal(conf_place_private(&place, dir), 0);
	assert_string_equal(place.file + 243, "/inftpd.conf");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_fixture, remove_fixture)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(table_is_sound),
	    TEST(good_values),
	    TEST(bad_values),
	    TEST(noted_values),
	    TEST(long_path),
	    TEST(load_nothing),
	    TEST(load_order),
	    TEST(load_masked),
	    TEST(load_warns),
	    TEST(load_bad_files),
	    TEST(load_unreadable),
	    TEST(load_contradictions),
	    TEST(show_reads_back),
	    TEST(list_has_all),
	    TEST(user_files),
	    TEST(user_names),
	    TEST(user_errors),
	    TEST(user_settings),
	    TEST(places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
