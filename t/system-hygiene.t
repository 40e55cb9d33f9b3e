#!/usr/bin/perl
# Tier 3: the set-uid helper against its callers: who may start it, what they
# may have done to the process before, what they can do to it afterwards; in
# which order a session gives up its rights; and a jail full of files that a
# careless libc would load.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use POSIX qw(SIG_BLOCK SIGTERM SIGCHLD SIGALRM);
use Socket;
use Test::More;

my $helper = helper_path();
my %home = three_kinds(chroot_local_user => 'YES');

sub as {
	my ($uid) = @_;

	$) = "$uid $uid";
	POSIX::setgid($uid);
	POSIX::setuid($uid);
}

# The helper started directly by uid, with a socket as descriptor 0 after
# poison was called: (process id, our end of the socket).
sub launch {
	my ($uid, $poison, @environment) = @_;

	my ($ours, $its);

	{
		# Whoever makes the socket is its peer to the helper.
		local $> = $uid;
		socketpair $ours, $its, AF_UNIX, Socket::SOCK_SEQPACKET, 0 or
		    die "socketpair: $!";
	}
	my $pid = Inftpd::System::start([], sub {
		as($uid) if $uid;
		POSIX::dup2(fileno $its, 0);
		open STDOUT, '>', '/dev/null';
		open STDERR, '>', '/dev/null';
		%ENV = @environment;
		$poison->() if $poison;
		no warnings 'exec';
		exec $helper;
		POSIX::_exit($!{EACCES} ? 126 : 127);
	});
	close $its;
	return ($pid, $ours);
}

sub status {
	my ($pid, $name) = @_;

	my $ended = Inftpd::Test::wait_until(
	    sub { waitpid($pid, POSIX::WNOHANG()) == $pid }, 5);
	return $ended ? $? : 'still running';
}

# --- who may start it ---------------------------------------------------------

is((stat $helper)[2] & 07777, 04750, 'the helper is mode 4750');
is((stat _)[4], 0, "root's");
is((stat _)[5], 900, "of inftpd's group");
for my $uid (1001, 901, 65534) {
	my ($pid, $socket) = launch($uid);

	is(status($pid), 126 << 8, "uid $uid may not execute it");
}
{
	my ($pid) = launch(900, sub { open STDIN, '<', '/dev/null' });

	is(status($pid), 1 << 8, 'without a socket it ends at once');
	log_has(qr/not ftpd's socket/, 'and the log says so');
	($pid) = launch(0);
	is(status($pid), 1 << 8, "on a socket of root's, too");
	($pid) = launch(900, sub { POSIX::close($_) for 0 .. 2 });
	is(status($pid), 1 << 8, 'also with nothing at all open');
}

# --- what they may have done before ---------------------------------------------

# It has come up clean: waits for a message with nothing of the caller's.
sub is_clean {
	my ($name, $poison, @environment) = @_;
	my ($pid, $socket) = launch(900, $poison, @environment);
	my %is;

	ok(Inftpd::Test::wait_until(sub {
		return 0 if (readlink("/proc/$pid/exe") // '') ne $helper;
		return is_filtered($pid);
	}, 5), "$name: it comes up") or return;
	%is = status_of($pid);
	is($is{Uid}, '0 0 0 0', "$name: as root");
	is($is{Umask}, '0077', "$name: its own umask");
	is($is{SigBlk}, '0' x 16, "$name: no signal is blocked");
	# 32 and 33 are libc's own, and nobody's to change.
	is(hex(substr $is{SigIgn}, 8) & 0x7fffffff, 1 << 12,
	    "$name: SIGPIPE alone is ignored");
	is(readlink "/proc/$pid/cwd", '/', "$name: in the root directory");
	is(join(' ', map { m{(\d+)$} } glob "/proc/$pid/fd/*"), '0 1 2 3',
	    "$name: four descriptors");
	unlike(read_file("/proc/$pid/maps"),
	    qr/\.so(?<!libc\.so)(?<!libcrypt\.so)(?<!linux-x86-64\.so)\S*evil/,
	    "$name: nothing was loaded into it");
	my $limits = read_file("/proc/$pid/limits");
	like($limits, qr/^Max core file size +0 +0 /m, "$name: no core");
	like($limits, qr/^Max file size +unlimited +unlimited/m,
	    "$name: no limit of files");
	stop($pid);
}

is_clean('plain', undef);
is_clean('environment', undef, (map { ("HOSTILE$_" => 'x' x 50) } 1 .. 2000),
    LD_PRELOAD => '/tmp/evil.so', LD_LIBRARY_PATH => '/tmp/evil',
    LD_AUDIT => '/tmp/evil.so', GCONV_PATH => '/tmp/evil',
    LOCPATH => '/tmp/evil', TZ => ':/tmp/evil', TMPDIR => '/tmp/evil',
    GLIBC_TUNABLES => 'glibc.malloc.check=3:' . 'x' x 1000);
is_clean('descriptors', sub {
	open my $null, '<', '/dev/null';
	POSIX::dup2(fileno $null, $_) for 4 .. 1000;
});
is_clean('signals', sub {
	$SIG{$_} = 'IGNORE' for qw(CHLD TERM ALRM USR1 HUP);
	POSIX::sigprocmask(SIG_BLOCK, POSIX::SigSet->new(1 .. 31));
	alarm 1;
});
is_clean('umask and directory', sub { umask 0; chdir '/tmp' });

SKIP: {
	my %execve = (x86_64 => 59, aarch64 => 221);
	my $number = $execve{(POSIX::uname())[4]} or
	    skip 'no number of execve for this machine', 1;

	is_clean('no arguments at all', sub {
		my ($path, $nothing) = ($helper, pack 'Q', 0);

		syscall $number, $path, $nothing, $nothing;
	});
}

# A session under a limit works or is refused; it never does half.
sub under_limit {
	my ($limit) = @_;
	my $super = super_server(wrap => ['prlimit', $limit]);
	my $done = eval {
		my $c = dial();
		$c->login('vera');
		my ($code) = $c->stor('limited', 'x' x 100000);
		die "STOR: $code\n" if $code ne 226;
		my ($bytes) = $c->retr('limited');
		die "RETR differs\n" if ($bytes // '') ne 'x' x 100000;
		$c->quit;
		1;
	};
	my $how = $done ? 'works' : "is refused: $@" =~ s/\n.*//sr;

	is(-e '/srv/vera/limited' ? -s _ : 100000, 100000, "$limit: nothing is half")
	    if $done;
	ok(Inftpd::Test::wait_until(sub { !sessions() }, 5), "$limit: $how");
	stop($super);
	unlink '/srv/vera/limited';
	return $done;
}

subtest 'limits set by the caller' => sub {
	for my $name (qw(fsize nofile as stack nproc cpu data memlock rss)) {
		under_limit("--$name=$_:$_") for 0, 1, 1000;
	}
	# Nobody is left to guess: either it worked or the log has it.
	log_has(qr/resource limit|cannot start|login: virtual/, 'the log says why');
	ok(under_limit('--core=0:0'), 'and with a harmless one it works');
};

# --- what they can do afterwards -------------------------------------------------

sub cannot {
	my ($uid, $what, $act) = @_;
	my $pid = Inftpd::System::start([], sub {
		as($uid);
		POSIX::_exit($act->() ? 1 : 0);
	});

	is(status($pid), 0, "uid $uid cannot $what");
}

my $super = super_server();

# Without the set-uid bit every login would be refused, and nobody told why.
for my $break ([sub { chmod 0750, $helper }, sub { chmod 04750, $helper },
    'not set-uid'], [sub { rename $helper, "$helper.away" },
    sub { rename "$helper.away", $helper }, 'missing']) {
	my ($do, $undo, $name) = @$break;

	$do->();
	my $client = IO::Socket::IP->new(PeerHost => '127.0.0.1',
	    PeerPort => 21) or die "connect: $@";
	my $said = '';
	$said .= $_ while defined($_ = readline $client);
	like($said, qr/^421 /m, "a helper that is $name: 421");
	log_has(qr/helper has ended|cannot start .*helper/,
	    'the log says that it is the helper');
	$undo->();
}
# Who looks whether somebody answers, and is gone, is no fault of ours.
for my $greeted (0, 1) {
	log_lines();
	for (1 .. 40) {
		my $c = Inftpd::System::Client->new(undef,
		    IO::Socket::IP->new(PeerHost => '127.0.0.1',
		        PeerPort => 21) // die("connect: $@"),
		    undef, '/dev/null');

		$c->reply if $greeted;
		$c->reset;
	}
	dial()->quit; # they come in order
	ok(Inftpd::Test::wait_until(sub { !sessions() }, 5), 'they are gone');
	my @odd = grep { !/session ends|had gone/ } log_lines();
	is("@odd", '', 'probes that reset leave nothing odd in the log');
}
{
	my $c = dial();
	$c->login('alice');
	my ($ftpd) = sessions();
	my $agent = file_agent();

	for my $case ([900, $ftpd], [900, $agent], [1001, $agent]) {
		my ($uid, $pid) = @$case;

		for my $file (qw(mem maps environ fd/0)) {
			cannot($uid, "open $file of " .
			    ($pid == $ftpd ? 'ftpd' : 'the agent'),
			    sub { open my $f, '<', "/proc/$pid/$file" });
		}
	}
	SKIP: {
		skip 'no strace here', 2 if system('command -v strace >/dev/null');
		for my $case ([900, $ftpd], [1001, $agent]) {
			my ($uid, $pid) = @$case;

			cannot($uid, 'trace it', sub {
				open STDERR, '>', '/dev/null';
				system('timeout', 2, 'strace', '-o', '/dev/null',
				    '-p', $pid) == 0;
			});
		}
	}
	cannot(900, "signal another user's agent", sub { kill 0, $agent });
	ok(-e "/proc/$agent", 'the agent is still there');
	$c->quit;
}

# --- the order of things, and the hostile jail --------------------------------------

sub traced {
	my ($session) = @_;
	my $strace = Inftpd::System::start([qw(strace -f -q -s 256 -o /tmp/trace),
	    '-p', $super], sub { open STDERR, '>', '/tmp/strace' });
	my $attached = Inftpd::Test::wait_until(sub {
		my %is = status_of($super);
		return $is{TracerPid};
	}, 5);

	if ($attached) {
		$session->();
		Inftpd::Test::wait_until(sub { !sessions() }, 5);
	}
	stop($strace);
	return $attached ? split /\n/, read_file('/tmp/trace') : ();
}

sub hostile_session {
	my $c = dial();
	$c->login('alice');
	$c->list('LIST');
	$c->list('MLSD');
	$c->list('LIST -la /etc');
	$c->stor('new', 'bytes');
	$c->retr('new');
	$c->cmd('MDTM new');
	$c->cmd('STAT /');
	$c->expect('CWD nosuch', 550);
	$c->quit;
}

sub line_of {
	my ($pattern, @trace) = @_;

	for my $i (0 .. $#trace) {
		return $i if $trace[$i] =~ $pattern;
	}
	return -1;
}

SKIP: {
	skip 'no strace here', 1 if system('command -v strace >/dev/null');
	for my $file (qw(etc/nsswitch.conf etc/passwd etc/group etc/localtime
	    etc/ld.so.preload etc/ld.so.cache lib/libnss_files.so.2
	    lib/x86_64-linux-gnu/libnss_compat.so.2 usr/share/zoneinfo/UTC
	    usr/lib/locale/locale-archive usr/lib/gconv/gconv-modules)) {
		Inftpd::System::run('mkdir', '-p',
		    '/home/alice/' . $file =~ s{/[^/]*$}{}r);
		write_file("/home/alice/$file", 'hostile');
	}
	Inftpd::System::run(qw(chown -R alice:alice /home/alice));
	chmod 0777, '/home/alice';
	# As where systemd is: nothing has asked for the time before the jail.
	File::Path::make_path('/run/systemd/journal');
	my $journal = IO::Socket::UNIX->new(Type => SOCK_DGRAM,
	    Local => '/run/systemd/journal/socket') or die "journal: $!";
	chmod 0666, '/run/systemd/journal/socket';
	my @trace = traced(\&hostile_session);
	close $journal;
	unlink '/run/systemd/journal/socket';
	skip 'ptrace is refused here', 1 if !@trace;

	my $started = line_of(qr/execve\("\Q$helper\E"/, @trace);
	my $pid = (grep { /sendto\(\d+, "220 / } @trace)[0] =~ /^(\d+)/ ? $1 : 0;
	my @ftpd = map { /^$pid +/ ? $_ : '' } @trace;
	my $no_new = line_of(qr/PR_SET_NO_NEW_PRIVS, 1/, @ftpd);
	my $filter = line_of(qr/seccomp\(SECCOMP_SET_MODE_FILTER/, @ftpd);
	my $read = line_of(qr/(recvfrom|recvmsg|read)\(0,/, @ftpd);
	cmp_ok($started, '>', -1, 'the helper is started');
	cmp_ok($no_new, '>', $started, 'then come no new privileges');
	cmp_ok($filter, '>', $no_new, 'then the filter');
	cmp_ok($read, '>', $filter, 'and only then is the client read');

	my $jailed = line_of(qr/ chroot\(/, @trace);
	cmp_ok($jailed, '>', $read, 'then the agent goes to its jail');
	my ($agent) = $trace[$jailed] =~ /^(\d+)/;
	my @paths = map { /^$agent +\w*(?:open|access|exec|readlink)\w*\(.*?"(.*?)"/
	    ? $1 : () } @trace[$jailed .. $#trace];
	note "paths in the jail: @paths";
	cmp_ok(scalar @paths, '>', 3, 'the trace shows what it opens');
	is(join(' ', grep { /nss|zone|local|ld\.so|gconv|passwd|group|lib/ }
	    grep { !m{^(etc|lib|usr)$} } @paths), '',
	    'nothing of the hostile files');
}

is(readlink(page_path('man8/inftpd.8')), 'ftpd.8',
    'man finds the page by the program\'s name');
stop($super);
done_testing;
