#!/usr/bin/perl
# System tier, root: inftpd --explain against the session that it explains. In
# each case a real client does what is asked about, and the verdict must be
# that of the session; and what is said to be behind it must be it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use IO::Socket::IP ();
use Test::More;

my $explain = program() . ' --explain';
my ($status, $said);

# Runs it, as root or as somebody else.
sub ask {
	my ($words, $as) = @_;

	$as //= '';
	$said = qx($as $explain $words 2>&1);
	$status = $? >> 8;
	return $status;
}

# Does the session get what the words ask for? Without a verb: the login.
sub session {
	my ($user, $command) = @_;
	my $c = dial();
	my ($code) = $c->cmd("USER $user");

	($code) = $c->cmd('PASS secret') if $code eq 331;
	if ($code eq 230 && $command) {
		my ($verb) = $command =~ /^(\S+)/;

		# All that transfer; a 150 tells that it is allowed.
		($code) = $c->cmd('PASV')
		    if $verb =~ /^(?:RETR|STOR|STOU|APPE|LIST|NLST|MLSD)$/;
		($code) = $c->cmd($_)
		    for $code =~ /^2/ ? split(/ ; /, $command) : ();
	}
	$c->hang_up;
	# A port that it held must be free for the next.
	Inftpd::Test::wait_until(sub { !sessions() }, 10);
	return $code =~ /^[123]/ ? 1 : 0;
}

# The same under TLS.
sub session_tls {
	my ($user, $command) = @_;
	my $c = Inftpd::TLS->over(dial(), SSL_verify_mode => 0);

	$c->expect('AUTH TLS', 234);
	$c->shake_hands or die "no handshake\n";
	my ($code) = $c->cmd("USER $user");
	($code) = $c->cmd('PASS secret') if $code eq 331;
	if ($code eq 230) {
		$c->protect;
		$c->cmd('PASV');
		($code) = $c->cmd($command);
	}
	$c->hang_up;
	Inftpd::Test::wait_until(sub { !sessions() }, 10);
	return $code =~ /^[123]/ ? 1 : 0;
}

# Both must say no, and the explanation why.
sub refused {
	my ($name, $user, $command, @because) = @_;
	my $words = "--user $user --from 127.0.0.1 " . ($command // '');
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	# What is two commands for a session is one here.
	$words =~ s/RNFR (\S+) ; RNTO/RNTO $1/;
	is(ask($words), 1, "$name: explained as refused") or diag($said);
	for my $because (@because) {
		like($said, $because, "$name: $because") or diag($said);
	}
	like($said, qr/^change:  \S/m, "$name: and what to do");
	is(session($user, $command), 0, "$name: refused");
}

sub granted {
	my ($name, $user, $command) = @_;
	my $words = "--user $user --from 127.0.0.1 " . ($command // '');
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	$words =~ s/RNFR (\S+) ; RNTO/RNTO $1/;
	is(ask($words), 0, "$name: explained as granted") or diag($said);
	is(session($user, $command), 1, "$name: granted");
}

my %home = three_kinds();
my $passwd = read_file('/etc/passwd');
my $shadow = read_file('/etc/shadow');
my $conf = '/etc/inftpd/inftpd.conf';
my $today = int(time / 86400);

super_server();

sub restore {
	write_file('/etc/passwd', $passwd);
	write_file('/etc/shadow', $shadow);
	three_kinds();
}

write_file('/home/alice/file', "text\n");
chown 1001, 1001, '/home/alice/file';

subtest 'what works' => sub {
	for my $user (qw(alice vera anonymous)) {
		granted("$user: login", $user);
		granted("$user: STOR", $user, 'STOR ' .
		    ($user eq 'anonymous' ? '/pub/new' : 'new'));
		granted("$user: LIST", $user, 'LIST');
	}
	granted('RETR', 'alice', 'RETR file');
	granted('SIZE', 'alice', 'SIZE file');
	granted('SITE CHMOD', 'alice', 'SITE CHMOD 600 file');
	granted('CWD', 'alice', 'CWD /tmp');
	granted('LIST with options', 'alice', 'LIST -la');
	ask('--user alice STOR new');
	like($said, qr{^ok       root .*/ is the session's / \(no jail\), .*chroot_local_user=NO \(default\)$}m,
	    'in which jail');
	like($said, qr/as uid 1001, gid 1001, on \/home\/alice\/new$/m,
	    'as whom and where');
	like($said, qr/mode will be 0600 .*umask 0077/, 'with which mode');
	ok(!-e '/home/alice/new' || -z _, 'nothing was made by asking');
	for my $command ('DELE file', 'MKD made', 'RNTO file other',
	    'RMD /home/alice/empty', 'SITE CHMOD 000 file', 'STOR file') {
		mkdir '/home/alice/empty';
		chown 1001, 1001, '/home/alice/empty';
		is(ask("--user alice $command"), 0, $command) or diag($said);
	}
	is(read_file('/home/alice/file'), "text\n", 'nothing was changed');
	is((stat '/home/alice/file')[2] & 07777, 0600, 'nor was the mode');
	ok(-d '/home/alice/empty' && !-e '/home/alice/made' &&
	    !-e '/home/alice/other', 'nor a name');
	unlike($said, qr/\$6\$/, 'no hash is printed');
};

subtest 'accounts' => sub {
	my @cases = (
		['expired', qr/^refused: account expired$/m, qr/chage -E/,
		    days => '19000:0:99999:7::1:'],
		['aged', qr/^refused: password expired$/m, qr/chage -M/,
		    days => '100:0:30:7:::'],
		['locked', qr/^refused: password locked$/m, qr/passwd -u/,
		    hash => '!x'],
		['change', qr/^refused: password must be changed first$/m,
		    qr/chage -d/, days => '0:0:99999:7:::'],
		['shell', qr/^refused: shell is not in \/etc\/shells$/m,
		    qr/^because: check_shell=YES \(default\)$/m,
		    shell => '/bin/false'],
		['daemon', qr/^refused: uid is below local_min_uid$/m,
		    qr/^because: local_min_uid=1000 \(default\)$/m, uid => 990],
		['homeless', qr{^refused: the root /nowhere cannot be entered: No}m,
		    qr/make the directory \/nowhere/, home => '/nowhere'],
		['malformed', qr/^refused: malformed entry/m, qr/pwck/,
		    passwd => 'malformed:x:12a:1001::/home/alice:/bin/sh'],
	);
	my $uid = 1100;

	three_kinds(chroot_local_user => 'YES');
	account($_->[0], uid => $uid++, @$_[3 .. $#$_]) for @cases;
	refused($_->[0], $_->[0], undef, @$_[1, 2]) for @cases;
	ask('--user expired');
	like($said, qr{^because: /etc/shadow$}m, 'the file behind it');
	like($said, qr/chage -E YYYY-MM-DD expired/, 'and whose');
	refused('nobodysuch', 'nobodysuch', undef, qr/^refused: no such user$/m);
	write_file('/etc/ftpusers', "alice\n");
	refused('ftpusers', 'alice', undef, qr/listed in \/etc\/ftpusers$/m,
	    qr/^ok       nologin/m);
	unlink '/etc/ftpusers';
	write_file('/etc/nologin', '');
	refused('nologin', 'alice', undef, qr/^refused: \/etc\/nologin exists$/m,
	    qr/^ok       uid /m);
	unlink '/etc/nologin';
	granted('and without them', 'alice');
	drop_in('wrong', wirte_enable => 'YES');
	refused('wrong', 'wrong', undef, qr/user's drop-in has an error/,
	    qr{^because: \S+user\.d/wrong\.conf:1: wirte_enable: unknown}m);
	mkdir '/etc/inftpd/group.d';
	write_file('/etc/inftpd/group.d/alice.conf', "listen=YES\n");
	refused('of a group', 'alice', undef, qr/drop-in of the user's groups/,
	    qr{^ok +shell .*^because: \S+group\.d/alice\.conf:1: listen: not in}ms);
	unlink '/etc/inftpd/group.d/alice.conf';
	rmdir '/etc/inftpd/group.d';
	drop_in('unusable', password => '!', local_root => '/srv/vera');
	refused('unusable', 'unusable', undef, qr/wrong password \(virtual user\)/,
	    qr{^because: password \(not shown\) \(\S+user\.d/unusable\.conf:\d\)}m);
	restore();
};

subtest 'lists' => sub {
	three_kinds(userlist_enable => 'YES', userlist_file => '/etc/list');
	refused('no list', 'alice', undef, qr/userlist_file cannot be read/,
	    qr{^because: userlist_file=/etc/list \(\Q$conf\E:\d+\)$}m);
	write_file('/etc/list', "alice\n");
	refused('listed', 'alice', undef, qr/^refused: listed in userlist_file$/m);
	granted('not listed', 'vera');
	three_kinds(userlist_enable => 'YES', userlist_file => '/etc/list',
	    userlist_deny => 'NO');
	refused('not listed', 'vera', undef, qr/not listed in userlist_file/);
	granted('listed', 'alice');
	restore();
};

subtest 'modes' => sub {
	mkdir $_ for '/srv/shut', '/srv/shut/in', '/srv/box';
	chmod 0700, '/srv/shut';
	chmod 0755, '/srv/box';
	write_file('/srv/box/roots', 'x');
	chmod 0640, '/srv/box/roots';
	refused('a directory that is shut', 'alice', 'RETR /srv/shut/in/x',
	    qr{^refused: alice needs x on /srv/shut, and being among others has nothing$}m,
	    qr{^because: /srv/shut is drwx------ root:root$}m,
	    qr{^change:  chmod o\+x /srv/shut,}m);
	refused('a file that is shut', 'alice', 'RETR /srv/box/roots',
	    qr{^refused: alice needs r on /srv/box/roots}m,
	    qr{^because: /srv/box/roots is -rw-r----- root:root$}m);
	refused('a directory of others', 'alice', 'STOR /srv/box/new',
	    qr{^refused: alice needs wx on /srv/box, and being among others has rx$}m,
	    qr{^change:  chown alice /srv/box; .*\(chgrp GROUP and chmod g\+w\)$}m);
	unlike($said, qr/o\+w/, 'nobody else is to be let in');
	refused('nor by a made-up name', 'alice', 'STOU /srv/box/new',
	    qr{alice needs wx on /srv/box});
	refused('a secret of the system', 'alice', 'RETR /etc/shadow',
	    qr{^because: /etc/shadow is -}m, qr{^change:  leave it so:}m);
	mkdir '/etc/shut';
	refused('a directory of the system', 'alice', 'STOR /etc/shut/new',
	    qr{^change:  use a directory of alice's own: /etc/shut is the system's}m);
	rmdir '/etc/shut';
	refused('a drop box of root\'s', 'anonymous', 'STOR /new',
	    qr{^because: /srv/ftp is drwxr-xr-x root:root$}m,
	    qr{^change:  chown ftp /srv/ftp;}m);
	refused('and making one', 'alice', 'MKD /srv/box/new',
	    qr{alice needs wx on /srv/box}m);
	refused('and deleting', 'alice', 'DELE /srv/box/roots',
	    qr{alice needs wx on /srv/box}m);
	refused('and renaming', 'alice', 'RNFR /srv/box/roots ; RNTO /tmp/x',
	    qr{alice needs wx on /srv/box}m);
	refused('the mode of others', 'alice', 'SITE CHMOD 644 /srv/box/roots',
	    qr/only the owner/);
	refused('what is not there', 'alice', 'RETR /srv/box/none',
	    qr{^refused: /srv/box/none: No such file}m);
	refused('nor the way to it', 'alice', 'STOR /srv/none/new',
	    qr{^refused: /srv/none: No such file}m);
	refused('what is there', 'alice', 'MKD /srv/box', qr/File exists/);
	refused('a directory as a file', 'alice', 'RETR /srv/box',
	    qr/Is a directory/);
	refused('a full directory', 'alice', 'RMD /home/alice',
	    qr{alice needs wx on /home});
	# Of two paths the one is blamed that is to blame.
	refused('renaming to where nothing may be', 'alice',
	    'RNFR file ; RNTO /srv/box/new', qr{alice needs wx on /srv/box},
	    qr{^because: /srv/box is drwxr-xr-x root:root$}m);
	# A file that is replaced by a new one needs a place for that.
	write_file('/srv/box/open', 'x');
	chmod 0666, '/srv/box/open';
	granted('writing into a file', 'alice', 'STOR /srv/box/open');
	three_kinds(upload_atomic => 'YES');
	refused('putting another in its place', 'alice', 'STOR /srv/box/open',
	    qr{alice needs wx on /srv/box,});
	restore();
	# Links are followed to what they mean.
	symlink '/srv/shut/in', '/home/alice/link';
	refused('a link into what is shut', 'alice', 'RETR link/x',
	    qr{^note     path          symbolic links lead to /srv/shut/in/x$}m,
	    qr{^refused: alice needs x on /srv/shut,}m);
	symlink '/srv/box', '/home/alice/box';
	refused('a link to where nothing may be', 'alice', 'STOR box/new',
	    qr{^because: /srv/box is drwxr-xr-x root:root$}m);
	# Groups that the account has count as in a session.
	write_file('/etc/group', "staff:x:1500:alice\n", 1);
	chown 0, 1500, '/srv/box';
	chmod 0770, '/srv/box';
	granted('by a supplementary group', 'alice', 'STOR /srv/box/new');
	chmod 0750, '/srv/box';
	refused('and not by it', 'alice', 'STOR /srv/box/new',
	    qr/alice needs wx on \/srv\/box, and being of its group has rx/,
	    qr/chmod g\+w/);
	# The bits of the directory in the jail, not of what leads to it.
	three_kinds(anon_root => '/srv/shut/in');
	chmod 0755, '/srv/shut/in';
	granted('a root behind a shut directory', 'anonymous', 'LIST');
	# "~" is where the session starts, if it is anything.
	refused('a name like any other', 'alice', 'SIZE "~"/file',
	    qr{^note     path +tilde_user_enable=NO \(default\): ~/file is a name}m);
	three_kinds(tilde_user_enable => 'YES');
	is(ask("--user alice SIZE '~/file'"), 0, 'a path below ~') or diag($said);
	like($said, qr{on /home/alice/file$}m, 'and where it is');
	is(ask("--user alice CWD '~root'"), 1, 'but not of others');
	restore();
};

# What is written is lost for want of room: the code at the end.
sub stored {
	my ($path) = @_;
	my $c = dial();

	$c->login('alice');
	my ($code) = $c->stor($path, 'x' x 200_000);
	$c->quit;
	return $code;
}

subtest 'room' => sub {
	my $dir = '/srv/small';
	my $mount = sub {
		system('umount', $dir) if -e "$dir/lost";
		system(qw(mount -t tmpfs -o), "mode=1777,$_[0]", 'none', $dir) == 0
		    or die "$dir: mount\n";
		write_file("$dir/lost", '');
	};

	mkdir $dir;
	$mount->('size=1m');
	granted('room enough', 'alice', "STOR $dir/new");
	like(stored("$dir/new"), qr/^226$/, 'and used');
	$mount->('size=64k');
	# As far as it goes: what is stored ends in the same.
	is(stored("$dir/big"), 452, 'a full file system');
	is(ask("--user alice STOR $dir/new"), 1, 'and why') or diag($said);
	like($said, qr/^refused: no space is left \(452\)$/m, 'is told');
	is(stored("$dir/new"), 452, 'for another file, too');
	is(ask("--user alice STOR $dir/big"), 0,
	    'what is replaced makes room') or diag($said);
	is(ask("--user alice RETR $dir/big"), 0, 'and may be read');
	$mount->('nr_inodes=2');
	is(stored("$dir/new"), 452, 'no more files');
	is(ask("--user alice STOR $dir/new"), 1, 'and why') or diag($said);
	like($said, qr/^change:  make room \(df, df -i\)$/m, 'is told');
	$mount->('size=1m');
	system('mount', '-o', 'remount,ro', $dir);
	refused('a file system for reading', 'alice', "STOR $dir/new",
	    qr/^refused: .*Read-only file system$/m,
	    qr/^change:  mount the file system for writing/m);
	refused('where nothing can be made', 'alice', "MKD $dir/new",
	    qr/Read-only file system/);
	refused('nor removed', 'alice', "DELE $dir/lost",
	    qr/Read-only file system/);
	system('umount', $dir);
};

# The kernel here may have no quotas: what it would answer comes from between.
subtest 'quota' => sub {
	write_file('/tmp/quota.c', <<'END');
#include <stdarg.h>
#include <stdlib.h>
#include <linux/quota.h>
#include <string.h>
#include <sys/quota.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <dlfcn.h>

long
syscall(long number, ...)
{
	long a[6];
	va_list rest;
	va_start(rest, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(rest, long);
	va_end(rest);
	if (number == 443) {
		struct if_dqblk *q = (void *)a[3];
		const char *text = getenv("QUOTA");
		if ((unsigned)a[1] != (unsigned)QCMD(Q_GETQUOTA, atoi(text)) ||
		    (unsigned)a[2] != 1001)
			return -1;
		unsigned long long v[6] = { 0 };
		for (int i = 0; i < 6 && (text = strchr(text, ',')); i++)
			v[i] = strtoull(++text, NULL, 10);
		q->dqb_curspace = v[0];
		q->dqb_bsoftlimit = v[1];
		q->dqb_bhardlimit = v[2];
		q->dqb_btime = v[3];
		q->dqb_curinodes = v[4];
		q->dqb_ihardlimit = v[5];
		return 0;
	}
	long (*real)(long, ...) = dlsym(RTLD_NEXT, "syscall");
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
END
	system(qw(cc -D_GNU_SOURCE -w -shared -fPIC -o /tmp/quota.so /tmp/quota.c))
	    == 0 or die "cc\n";
	my ($past, $later) = (time - 10, time + 1000);
	# Which quota; bytes, soft and hard limit in KiB, when the soft one
	# ends; files, limit of them.
	for my $case (['0,4096,0,5,0,0,0', 'STOR new', 0, qr/^ok       quota +the account's quota is not/m],
	    ['0,5120,0,5,0,0,0', 'STOR new', 1, qr/^because: the account's quota$/m],
	    ['1,5120,0,5,0,0,0', 'STOR new', 1, qr/^because: its group's quota$/m],
	    ["0,4096,2,5,$later,0,0", 'STOR new', 0, qr/is not used up/],
	    ["0,4096,2,5,$past,0,0", 'STOR new', 1, qr/^refused: the quota is used up \(552\)$/m],
	    ['0,0,0,5,0,7,7', 'STOR new', 1, qr/^change:  raise it/m],
	    ['0,0,0,5,0,7,7', 'STOU', 1, qr/used up/],
	    ['0,0,0,5,0,7,7', 'STOR file', 0, qr/is not used up/],
	    ['0,0,0,5,0,7,7', 'AVBL', 0, qr/AVBL would succeed/],
	    ['0,0,0,5,0,6,7', 'APPE new', 0, qr/is not used up/]) {
		my ($quota, $command, $want, $because) = @$case;

		is(ask("--user alice $command",
		        "LD_PRELOAD=/tmp/quota.so QUOTA=$quota"), $want,
		    "$quota: $command") or diag($said);
		like($said, $because, 'and why');
	}
};

subtest 'rights' => sub {
	three_kinds(write_enable => 'NO');
	refused('write_enable', 'alice', 'STOR new',
	    qr{^because: write_enable=NO \(\Q$conf\E:\d+\)$}m,
	    qr/^change:  set write_enable=YES/m);
	three_kinds(anon_upload_enable => 'NO');
	refused('anon_upload_enable', 'anonymous', 'STOR /pub/new',
	    qr/^because: anon_upload_enable=NO/m);
	granted('and not for alice', 'alice', 'STOR new');
	three_kinds();
	drop_in('vera', local_root => '/srv/vera', write_enable => 'YES',
	    password => crypt('secret', '$6$rounds=1000$inftpdtest$'));
	refused('a virtual user\'s', 'vera', 'DELE new',
	    qr/^because: anon_other_write_enable=NO/m);
	for my $case ([download_enable => 'RETR file'], [dirlist_enable => 'LIST'],
	    [chmod_enable => 'SITE CHMOD 600 file'], [mdtm_write =>
		'MFMT 20200101000000 file']) {
		my ($directive, $command) = @$case;

		three_kinds($directive => 'NO');
		refused($directive, 'alice', $command,
		    qr/^because: $directive=NO \(\Q$conf\E:\d+\)$/m);
	}
	three_kinds(deny_file => '{*.mp3,secret*}');
	refused('deny_file', 'alice', 'STOR secret.txt',
	    qr{^because: deny_file=\{\*\.mp3,secret\*\} \(\Q$conf\E:\d+\)$}m);
	symlink '/home/alice/secret', '/home/alice/innocent';
	refused('deny_file by a link', 'alice', 'RETR innocent',
	    qr/^because: deny_file=/m);
	granted('a name that is not denied', 'alice', 'STOR public.txt');
	three_kinds(upload_file => '*.txt');
	refused('upload_file', 'alice', 'STOR a.exe', qr/^because: upload_file=/m);
	three_kinds(download_file => '*.txt');
	refused('download_file', 'alice', 'RETR file',
	    qr/^because: download_file=/m);
	three_kinds(cmds_denied => 'DELE,STOR');
	refused('cmds_denied', 'alice', 'STOR new',
	    qr/^because: cmds_denied=DELE,STOR/m, qr/take STOR out of/);
	three_kinds(cmds_allowed => 'USER,PASS,PASV,RETR');
	refused('cmds_allowed', 'alice', 'STOR new',
	    qr/^because: cmds_allowed=/m, qr/add STOR to/);
	granted('and what is allowed', 'alice', 'RETR file');
	write_file('/srv/ftp/pub/mine', 'x');
	chmod 0660, '/srv/ftp/pub/mine';
	chown 901, 901, '/srv/ftp/pub/mine';
	three_kinds(anon_world_readable_only => 'YES');
	refused('anon_world_readable_only', 'anonymous', 'RETR /pub/mine',
	    qr/^because: anon_world_readable_only=YES/m, qr/chmod o\+r/);
	three_kinds(upload_spool_dir => '/srv/none');
	refused('upload_spool_dir', 'vera', undef,
	    qr{^because: upload_spool_dir=/srv/none }m);
	restore();
};

subtest 'data' => sub {
	three_kinds(pasv_enable => 'NO');
	refused('pasv_enable', 'alice', 'STOR new',
	    qr/^because: pasv_enable=NO/m, qr/set pasv_enable=YES/);
	is(ask('--user alice --active STOR new'), 0, 'but active mode');
	three_kinds(port_enable => 'NO');
	is(ask('--user alice --active STOR new'), 1, 'nor active mode');
	like($said, qr/^because: port_enable=NO/m, 'port_enable');
	three_kinds(pasv_min_port => 20000, pasv_max_port => 20001);
	granted('a range', 'alice', 'STOR new');
	my @held = map { IO::Socket::IP->new(LocalHost => '0.0.0.0',
		LocalPort => $_, Listen => 1) or die "$_: $@" } 20000, 20001;
	refused('a range that is taken', 'alice', 'STOR new',
	    qr/^refused: none of the passive ports 20000 to 20001 is free/m,
	    qr/^because: pasv_max_port=20001/m);
	refused('and for PASV itself', 'alice', 'PASV', qr/none of the passive/);
	undef @held;
	three_kinds(pasv_address => '127.0.0.0/8=10.8.0.1, 203.0.113.7');
	granted('an address of its own', 'alice', 'STOR new');
	like($said, qr/^ok       data          PASV tells the client 10\.8\.0\.1$/m,
	    'which is told');
	three_kinds(pasv_address => 'none.example.org',
	    pasv_addr_resolve => 'YES');
	refused('a name without an address', 'alice', 'PASV',
	    qr/^because: pasv_address=none\.example\.org /m, qr/--resolve/);
	restore();
};

subtest 'TLS' => sub {
	require Inftpd::TLS;
	plan skip_all => Inftpd::TLS::lacks() if Inftpd::TLS::lacks();
	system('openssl req -x509 -nodes -newkey rsa:2048 -days 90 -subj /CN=a ' .
	    '-keyout /etc/inftpd/key.pem -out /etc/inftpd/cert.pem 2>/dev/null');
	my %tls = (ssl_enable => 'YES', rsa_cert_file => '/etc/inftpd/cert.pem',
	    rsa_private_key_file => '/etc/inftpd/key.pem');

	three_kinds(%tls);
	refused('TLS forced', 'alice', 'STOR new',
	    qr/^because: force_local_logins_ssl=YES \(default\)$/m,
	    qr/AUTH TLS/);
	like($said, qr/^change: .*ask with --tls$/m, 'unless it is used');
	is(ask('--user alice --tls STOR new'), 0, 'and used') or diag($said);
	is(session_tls('alice', 'STOR new'), 1, 'and so it is');
	granted('and not for the anonymous', 'anonymous', 'LIST');
	is(ask('--user anonymous --tls LIST'), 1, 'who may not use it');
	is(session_tls('anonymous', 'LIST'), 0, 'and may not');
	like($said, qr/^because: allow_anon_ssl=NO/m, 'allow_anon_ssl');
	three_kinds(%tls, force_local_logins_ssl => 'NO');
	granted('a login in the clear', 'alice');
	refused('data in the clear', 'alice', 'STOR new',
	    qr/^because: force_local_data_ssl=YES/m);
	three_kinds(%tls, force_local_logins_ssl => 'NO',
	    force_local_data_ssl => 'NO');
	granted('all in the clear', 'alice', 'STOR new');
	three_kinds(%tls, force_local_logins_ssl => 'NO', ssl_cert_login => 'cn',
	    validate_cert => 'YES', require_cert => 'YES',
	    ca_certs_file => '/etc/inftpd/cert.pem');
	refused('no certificate', 'alice', undef,
	    qr/^because: ssl_cert_login=cn /m);
	is(ask('--user alice --tls'), 0, 'nor is one judged') or diag($said);
	like($said, qr/^note     TLS .*ssl_cert_login=cn .*must name alice there .*not judged/m,
	    'as is said');
	restore();
	is(ask('--user alice --tls'), 1, 'TLS that is not there');
	like($said, qr/^because: ssl_enable=NO/m, 'ssl_enable');
};

subtest 'tcp_wrappers' => sub {
	three_kinds(tcp_wrappers => 'YES');
	if (ask('--user alice --from 127.0.0.1') == 2) {
		like($said, qr/no libwrap/, 'a build without it');
		return restore();
	}
	write_file('/etc/hosts.allow', '');
	write_file('/etc/hosts.deny', "vsftpd: 203.0.113.9\n");
	granted('who is not named', 'alice');
	like($said, qr/^ok       tcp_wrappers  tcp_wrappers=YES /m, 'and let in');
	is(ask('--user alice --from 203.0.113.9'), 1, 'who is');
	like($said, qr/^refused: tcp_wrappers turn this address away/m, 'and why');
	write_file('/etc/hosts.allow', "vsftpd: 203.0.113.8: spawn " .
	    "(/bin/touch /tmp/spawned)\nvsftpd: 203.0.113.7: twist " .
	    "(/bin/touch /tmp/twisted)\n");
	is(ask('--user alice --from 203.0.113.8'), 0, 'who has a program run');
	is(ask('--user alice --from 203.0.113.7'), 1, 'or run instead');
	ok(!-e '/tmp/spawned' && !-e '/tmp/twisted', 'nothing is run for asking');
	is(ask('--user alice'), 0, 'nobody knows who');
	like($said, qr/^note     tcp_wrappers/m, 'and it is said');
	unlink '/etc/hosts.allow', '/etc/hosts.deny';
	restore();
};

subtest 'configuration' => sub {
	write_file($conf, "bogus=1\n");
	is(ask('--user alice'), 2, 'an error in it: status 2');
	unlike($said, qr/alice/, 'and no more');
	like($said, qr/^because: \Q$conf\E:1: bogus: unknown/m, 'and where');
	restore();
	chmod 0600, $conf;
	is(ask('--user alice'), 2, 'what root reads and a session may not');
	like($said, qr/^refused: .* the user inftpd cannot read.*^because: \Q$conf\E: cannot be read/ms,
	    'and which file');
	eval { dial() };
	like($@, qr/421/, 'as in the session');
	chmod 0644, $conf;
	is(ask('--user alice'), 0, 'mended');
	drop_in('clear', password => 'secret', local_root => '/srv/vera');
	refused('clear', 'clear', undef, qr/password: no hash; inftpd-user/);
	drop_in('apache', password => '$apr1$abcdefgh$ijklmnopqrstuvwxyz0123/',
	    local_root => '/srv/vera');
	refused('apache', 'apache', undef, qr/wrong password \(virtual user\)/,
	    qr/give the user a hash that crypt\(5\) knows/);
	three_kinds(guest_username => 'root', ftp_username => 'nosuch');
	refused('a guest who is root', 'vera', undef,
	    qr/^because: guest_username=root \(/m);
	refused('no account of the anonymous', 'anonymous', undef,
	    qr/^because: ftp_username=nosuch \(/m);
	restore();
	mkdir "/etc/inftpd/$_" for 'net.d', 'host.d', 'host.d/ftp.example.org';
	write_file('/etc/inftpd/net.d/203.0.113.0_24.conf', "write_enable=NO\n");
	is(ask('--user alice --from 203.0.113.9 STOR new'), 1, 'by network');
	like($said, qr{^because: write_enable=NO \(\S+/net\.d/203\.0\.113\.0_24\.conf:1\)$}m,
	    'its file');
	is(ask('--user alice --from 192.0.2.9 STOR new'), 0, 'another');
	write_file('/etc/inftpd/host.d/ftp.example.org/a.conf',
	    "local_enable=NO\n");
	is(ask('--user alice --host ftp.example.org'), 1, 'by host');
	like($said, qr{^because: local_enable=NO \(\S+/host\.d/ftp\.example\.org/a\.conf:1\)$}m,
	    'its file');
	is(ask('--user alice --host none.example.org'), 1, 'no such host');
	like($said, qr/no such host/, 'and said so');
	is(ask('--user alice FROB x'), 2, 'no verb');
	is(ask('--user alice SITE FROB x'), 2, 'nor such behind SITE');
	is(ask('--user alice SMNT x'), 1, 'one that nobody may');
	like($said, qr/^refused: there is nothing to mount \(502\)$/m, 'and why');
	is(ask('--user alice PROT P'), 1, 'one for TLS');
	like($said, qr/^because: ssl_enable=NO/m, 'which is not there');
	is(ask('--user alice PORT 1,2,3,4,5,6'), 0, 'PORT is active');
	like($said, qr/^ok       data +active/m, 'as is said');
	is(ask('--user alice STOR'), 2, 'no path');
	is(ask('--from nowhere'), 2, 'no address');
	is(ask('--instance a/b'), 2, 'no instance');
	is(ask('--help'), 0, 'help');
	like($said, qr/SITE CHMOD/, 'with all verbs');
	File::Path::remove_tree('/etc/inftpd/net.d', '/etc/inftpd/host.d');
};

subtest 'super-servers' => sub {
	like((ask('--user alice'), $said)[1],
	    qr/^note     super-server  no socket unit/m, 'none is on');
	my $wants = '/etc/systemd/system/sockets.target.wants';
	system("mkdir -p $wants");
	symlink unit_path('ftp.socket'), "$wants/ftp.socket";
	three_kinds(max_clients => 10);
	ask('--user alice');
	like($said, qr/^ok       super-server  ftp\.socket: MaxConnections=1000 /m,
	    'a socket');
	like($said, qr/^note     limits        max_clients=10 /m, 'our own');
	restore();
};

subtest 'where the session starts' => sub {
	mkdir '/srv/shut';
	chmod 0700, '/srv/shut';
	three_kinds(local_root => '/srv/none');
	granted('a login to nowhere', 'alice');
	like($said, qr{^note     root +/srv/none cannot be entered, so .*: local_root=/srv/none \(}m,
	    'which is said');
	refused('in / there is no place', 'alice', 'STOR x',
	    qr{^change:  use a directory of alice's own: / is the system's}m);
	three_kinds(local_root => '/srv/shut', chroot_local_user => 'YES');
	log_lines();
	granted('a login to where nothing is in reach', 'alice');
	like($said, qr{^note     root +/srv/shut cannot be entered: no file}m,
	    'which is said');
	log_has(qr{/srv/shut, the root of "alice", cannot be entered: Perm},
	    'also in the log');
	refused('as is seen then', 'alice', 'LIST',
	    qr{^because: /srv/shut is drwx------ root:root$}m);
	refused('with every file', 'alice', 'STOR x', qr{alice needs x on /srv/shut,});
	three_kinds(anonymous_enable => 'NO');
	refused('no anonymous user', 'anonymous', undef,
	    qr/^refused: no such user \(anonymous_enable=NO\)$/m,
	    qr/^change:  set anonymous_enable=YES/m);
	refused('though there is an account', 'ftp', undef,
	    qr/^note     name +anonymous_enable=NO .*: this is a name like/m);
	log_lines();
	three_kinds(virtual_enable => 'NO');
	refused('a drop-in that is passed over', 'vera', undef,
	    qr/^because: virtual_enable=NO/m, qr/drop-in of vera has a pass/);
	log_has(qr/"vera": no such user \(virtual_enable=NO\)$/, 'also in the log');
	restore();
};

subtest 'who asks' => sub {
	my $alice = 'setpriv --reuid=1001 --regid=1001 --clear-groups';

	is(ask('STOR new', $alice), 0, 'alice about herself') or diag($said);
	like($said, qr/^note     user +alice, who asks/m, 'which is said');
	like($said, qr/^note     password .*is not known$/m,
	    'what she may not see is said');
	is(ask('RETR /srv/shut/in/x', $alice), 1, 'and is refused what she is');
	like($said, qr/needs x on \/srv\/shut/, 'for the reason');
	is(ask('--user vera', $alice), 2, 'not about others');
	like($said, qr/only root/, 'and told so');
	is(ask('--user anonymous LIST', $alice), 0,
	    'about the anonymous user') or diag($said);
	like($said, qr/judged by modes/, 'as far as modes tell');
	chmod 0700, '/srv/ftp/pub';
	is(ask('--user anonymous RETR /pub/x/y', $alice), 2, 'not beyond that');
	like($said, qr{/srv/ftp/pub/x: only root can look there}, 'and so told');
	is(ask('--user anonymous STOR /new', $alice), 1, 'also a refusal');
	like($said, qr/needs wx on \/srv\/ftp/, 'by the mode');
	account('late', uid => 1200, days => '19000:0:99999:7::1:');
	is(ask('', 'setpriv --reuid=1200 --regid=1200 --clear-groups'), 0,
	    'what root alone can see');
	like($said, qr/^if the password is neither .*: chage -l late$/m,
	    'is left open');
	chmod 0755, '/srv/ftp/pub';
	write_file('/srv/ftp/pub/file', 'x');
	chmod 0640, '/srv/ftp/pub/file';
	chown 901, 901, '/srv/ftp/pub/file';
	three_kinds(anon_world_readable_only => 'YES', download_file => 'f*',
	    upload_file => '[!x]*');
	mkdir '/srv/ftp/incoming';
	chown 901, 901, '/srv/ftp/incoming';
	# By modes alone, and all of it as in the session.
	for my $case (['RETR /pub/file', qr/anon_world_readable_only/],
	    ['RETR /pub/none', qr/No such file/], ['RETR /pub', qr/Is a dir/],
	    ['RETR /pub/xfile', qr/No such file/], ['CWD /pub/file', qr/Not a dir/],
	    ['STOR /pub/file', qr/anon_other_write_enable/],
	    ['STOR /incoming/xnew', qr/upload_file/], ['STOR /pub', qr/Is a dir/],
	    ['MKD /pub', qr/File exists/], ['DELE /pub/file', qr/anon_other/]) {
		my ($command, $because) = @$case;

		is(ask("--user anonymous $command", $alice), 1, "$command: by modes")
		    or diag($said);
		like($said, $because, 'and why');
		is(session('anonymous', $command), 0, 'as in the session');
	}
	is(ask('--user anonymous STOR /incoming/new', $alice), 0, 'and what is let')
	    or diag($said);
	is(session('anonymous', 'STOR /incoming/new'), 1, 'is let');
	restore();
};

done_testing;
