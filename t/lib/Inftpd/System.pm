package Inftpd::System;

# Inftpd::System - a machine of the test's own, for the system tests.
#
# Using it restarts the test as root in new mount, network, process and IPC
# namespaces, below a root directory that is an overlay of the real one: with
# accounts, /dev, /run and loopback of its own and inftpd installed by `make
# install', set-uid helper included. Nothing of it reaches the real machine
# and all of it is gone at the end. Without root the test is skipped.
#
#     use Inftpd::System;
#     account('alice', uid => 1001);
#     configure(local_enable => 'YES');
#     super_server();
#     my $c = dial();
#     $c->login('alice');
#
# This module is the machine's init, too: it reaps what others leave.

use strict;
use warnings;

use Cwd ();
use Exporter 'import';
use File::Basename ();
use File::Path ();
use IO::Socket::IP ();
use IO::Socket::UNIX ();
use POSIX ();
use Socket ();
use Test::More ();
use Time::HiRes ();

use Inftpd::Test ();
use Inftpd::Test::Client ();

our @EXPORT = qw(account as_inftpd build_path check_clients conf_path configure connected dial drop_in helper_path log_has log_lines
    program read_file sessions status_of super_server unit_path write_file
    xinetd_entry file_agent is_filtered module_path page_path stop three_kinds);

my ($source, $build, %place, $log, @log, @started, $main);
my $lib = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..');

# --- entering ---------------------------------------------------------------

sub leave {
	Test::More::plan(skip_all => $_[0]);
}

sub run {
	system(@_) == 0 or die "@_: status $?\n";
}

sub output {
	open my $pipe, '-|', @_ or die "$_[0]: $!\n";
	local $/;
	my $text = <$pipe>;
	close $pipe or die "@_: status $?\n";
	return $text;
}

sub enter_namespaces {
	my @unshare = qw(unshare --mount --net --pid --ipc --fork --kill-child
	    --propagation private);

	leave('needs root') if $> != 0;
	leave('a build without its sandbox is never installed')
	    if read_file("$build/Makefile") =~ /^UNCONFINED_TRUE = *$/m;
	leave('no namespaces can be made here')
	    if system("@unshare true 2>/dev/null") != 0;
	$ENV{INFTPD_SYSTEM} = 1;
	exec @unshare, $^X, "-I$lib", $0, @ARGV or die "unshare: $!\n";
}

# The first process of a process namespace inherits the orphans.
sub become_init {
	my $test = fork // die "fork: $!\n";

	return if $test == 0;
	while ((my $pid = wait) > 0) {
		POSIX::_exit($? & 127 ? 255 : $? >> 8) if $pid == $test;
	}
	POSIX::_exit(255);
}

sub make_dev {
	my ($dev) = @_;

	run(qw(mount -t tmpfs -o mode=755 none), $dev);
	for my $name (qw(null zero full random urandom)) {
		write_file("$dev/$name", '');
		run('mount', '--bind', "/dev/$name", "$dev/$name");
	}
	symlink '/proc/self/fd', "$dev/fd";
}

sub make_root {
	my ($top) = grep { index("$source/", "$_/") != 0 &&
	    index("$build/", "$_/") != 0 && -d } qw(/mnt /media /opt);
	my $root = "$top/root";

	run(qw(mount -t tmpfs -o mode=755 none), $top);
	mkdir "$top/$_" or die "mkdir: $!\n" for qw(root upper work);
	system('mount', '-t', 'overlay', '-o',
	    "lowerdir=/,upperdir=$top/upper,workdir=$top/work", 'none',
	    $root) == 0 or leave('no overlay can be mounted here');
	run(qw(mount -t proc none), "$root/proc");
	run(qw(mount -t tmpfs -o mode=755 none), "$root/run");
	run(qw(mount -t tmpfs -o mode=1777 none), "$root/tmp");
	make_dev("$root/dev");
	for my $dir ($source, $build) {
		File::Path::make_path("$root$dir");
		run('mount', '--bind', $dir, "$root$dir");
	}
	chroot $root or die "chroot: $!\n";
	chdir $source or die "$source: $!\n";
	system('ip link set lo up 2>/dev/null') == 0 or
	    leave('no right to set up a network of its own');
	# Resolvers disregard a family that has loopback only.
	run(qw(ip address add 192.0.2.1/32 dev lo));
	run(qw(ip address add fd00::1/128 dev lo nodad));
}

# The system users, and nobody else.
sub make_accounts {
	File::Path::make_path('/etc', '/home', '/srv/ftp');
	write_file('/etc/passwd', join '', map { "$_\n" }
	    'root:x:0:0:root:/root:/bin/sh',
	    'inftpd:x:900:900::/nonexistent:/usr/sbin/nologin',
	    'ftp:x:901:901::/srv/ftp:/usr/sbin/nologin',
	    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin');
	write_file('/etc/group', join '', map { "$_\n" } 'root:x:0:',
	    'shadow:x:42:', 'inftpd:x:900:', 'ftp:x:901:', 'nogroup:x:65534:');
	write_file('/etc/shadow', '');
	chmod 0640, '/etc/shadow';
	chown 0, 42, '/etc/shadow';
	write_file('/etc/shells', "# shells\n/bin/sh\n/bin/bash\n");
	unlink '/etc/ftpusers', '/etc/nologin';
}

sub install {
	my $names = join ' ', map { "\$($_)" }
	    qw(sbindir pkglibexecdir sysconfdir systemdunitdir runstatedir
	        moduledir mandir);

	my @lines = split /\n/, output('make', '-s', '--no-print-directory', '-C',
	    $build, "--eval=inftpd-places:;\@echo $names", 'inftpd-places');
	@place{qw(sbin libexec etc units run modules man)} = split ' ', $lines[-1];
	output(qw(make -s -C), $build, 'install');
	File::Path::remove_tree("$place{etc}/inftpd");
	File::Path::make_path(map { "$place{etc}/inftpd/$_" } 'conf.d', 'user.d');
	# What tmpfiles.d would make.
	for my $own ('sessions', 'resolved') {
		File::Path::make_path("$place{run}/inftpd/$own");
		chmod 0700, "$place{run}/inftpd/$own";
		chown 900, 900, "$place{run}/inftpd/$own";
	}
}

# syslogd: what comes is kept in a file at once, since the queue is short.
sub open_log {
	my $socket = IO::Socket::UNIX->new(Local => '/dev/log',
	    Type => Socket::SOCK_DGRAM) or die "/dev/log: $!\n";

	chmod 0666, '/dev/log';
	write_file('/run/log', '');
	open $log, '<', '/run/log' or die "/run/log: $!\n";
	start([], sub {
		while (defined $socket->recv(my $line, 65536)) {
			write_file('/run/log', "$line\n", 1);
		}
	});
	close $socket;
}

INIT {
	$source = Cwd::abs_path("$lib/../..");
	$build = Cwd::abs_path($ENV{abs_top_builddir} || $source);
	if (!$ENV{INFTPD_SYSTEM}) {
		enter_namespaces();
	} else {
		become_init();
		$main = $$;
		umask 022;
		%ENV = (PATH => '/usr/local/sbin:/usr/local/bin:/usr/sbin:' .
		    '/usr/bin:/sbin:/bin', LC_ALL => 'C', TZ => 'UTC');
		make_root();
		make_accounts();
		install();
		open_log();
		$SIG{PIPE} = 'IGNORE';
		$SIG{ALRM} = sub { die "the whole test has taken too long\n" };
		alarm 170;
		$| = 1;
	}
}

# --- files and accounts -----------------------------------------------------

sub read_file {
	my ($path) = @_;

	open my $file, '<:raw', $path or die "$path: $!\n";
	local $/;
	return scalar(<$file>) // '';
}

sub write_file {
	my ($path, $text, $append) = @_;

	open my $file, $append ? '>>:raw' : '>:raw', $path or
	    die "$path: $!\n";
	print $file $text;
	close $file or die "$path: $!\n";
}

# A local user with the password "secret". passwd and shadow take the place
# of the whole lines, hash, days and shell of a field.
sub account {
	my ($name, %arg) = @_;
	my $uid = $arg{uid} // 1000;
	my $gid = $arg{gid} // $uid;
	my $home = $arg{home} // "/home/$name";
	my $hash = $arg{hash} // crypt('secret', '$6$rounds=1000$inftpdtest$');
	my $days = $arg{days} // '19000:0:99999:7:::';

	write_file('/etc/passwd', ($arg{passwd} // "$name:x:$uid:${gid}::$home:" .
	    ($arg{shell} // '/bin/sh')) . "\n", 1);
	write_file('/etc/shadow', ($arg{shadow} // "$name:$hash:$days") . "\n", 1);
	write_file('/etc/group', "$name:x:$gid:\n", 1);
	return if -e $home || $arg{home};
	mkdir $home or die "$home: $!\n";
	chown $uid, $gid, $home;
	chmod 0700, $home;
}

# The whole of inftpd.conf.
sub configure {
	my (%conf) = @_;

	%conf = (delay_failed_login => 0, %conf);
	write_file("$place{etc}/inftpd/inftpd.conf",
	    join '', map { "$_=$conf{$_}\n" } sort keys %conf);
}

# A file or directory of the configuration.
sub conf_path { return "$place{etc}/inftpd/$_[0]" }

# A user's drop-in; with password it is a virtual user.
sub drop_in {
	my ($name, %conf) = @_;
	my $path = "$place{etc}/inftpd/user.d/$name.conf";

	write_file($path, join '', map { "$_=$conf{$_}\n" } sort keys %conf);
	chmod 0600, $path;
}

# alice is local, vera virtual, and there is the anonymous user; all may
# write to a directory of theirs, whose path is given for each.
sub three_kinds {
	my (%conf) = @_;

	account('alice', uid => 1001) unless getpwnam 'alice';
	drop_in('vera', local_root => '/srv/vera', write_enable => 'YES',
	    virtual_use_local_privs => 'YES', local_umask => '022',
	    password => crypt('secret', '$6$rounds=1000$inftpdtest$'));
	for my $dir ('/srv/vera', '/srv/ftp/pub') {
		File::Path::make_path($dir);
		chown 901, 901, $dir;
	}
	configure(anonymous_enable => 'YES', local_enable => 'YES',
	    virtual_enable => 'YES', write_enable => 'YES',
	    anon_upload_enable => 'YES', anon_mkdir_write_enable => 'YES',
	    anon_world_readable_only => 'NO', %conf);
	return (alice => '/home/alice', vera => '/srv/vera',
	    anonymous => '/srv/ftp/pub');
}

sub build_path { return "$build/$_[0]" }
sub program { return "$place{sbin}/inftpd" }
sub helper_path { return "$place{libexec}/inftpd-helper" }
sub module_path { return "$place{modules}/$_[0]" }
sub page_path { return "$place{man}/$_[0]" }
sub unit_path { return "$place{units}/$_[0]" }
sub xinetd_entry { return "$place{etc}/xinetd.d/inftpd" }

# --- the log ----------------------------------------------------------------

# All that was logged so far.
sub log_lines {
	seek $log, 0, 1; # forget that there was an end
	while (my $line = <$log>) {
		chomp $line;
		push @log, $line;
	}
	return @log;
}

# Was, or is in the next seconds, something logged that matches? Forgets all
# that was logged up to the test.
sub log_has {
	my ($pattern, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $found = Inftpd::Test::wait_until(
	    sub { grep { $_ =~ $pattern } log_lines() }, 5);

	Test::More::ok($found, $name) or
	    Test::More::diag("no $pattern in the log:\n", join "\n", @log);
	@log = ();
	return $found;
}

# --- sessions ---------------------------------------------------------------

# Runs command in the background; ended with the test or by stop().
sub start {
	my ($command, $change) = @_;
	my $pid = fork // die "fork: $!\n";

	if ($pid == 0) {
		alarm 0;
		$SIG{PIPE} = 'DEFAULT';
		$change->() if $change;
		exec @$command if @$command;
		POSIX::_exit(127);
	}
	push @started, $pid;
	return $pid;
}

sub stop {
	my (@pids) = @_;

	for my $pid (@pids) {
		kill 'TERM', $pid;
		waitpid $pid, 0;
		@started = grep { $_ != $pid } @started;
	}
}

# Test::More sets the status of the process that loaded it only, and that one
# has become init.
END {
	kill 'KILL', @started;
	$? ||= 1 if ($main // 0) == $$ && !Test::More->builder->is_passing;
}

sub become_inftpd {
	$) = '900 900';
	POSIX::setgid(900);
	POSIX::setuid(900);
	die "still root\n" if $> == 0 || $< == 0;
}

# The lines that a program says, run as inftpd.
sub as_inftpd {
	my (@command) = @_;
	my $pid = open my $pipe, '-|';

	defined $pid or die "fork: $!\n";
	if ($pid == 0) {
		become_inftpd();
		exec @command or POSIX::_exit(127);
	}
	chomp(my @lines = <$pipe>);
	close $pipe;
	return @lines;
}

# What inetd does, on port 21 or another of all addresses. prepare is called in each
# child before it becomes inftpd; wrap is put before the program.
sub super_server {
	my (%arg) = @_;
	my $listener = IO::Socket::IP->new(LocalHost => '::', LocalPort => $arg{port} // 21,
	    Listen => 100, V6Only => 0, ReuseAddr => 1) or die "listen: $@\n";

	return start([], sub {
		$SIG{CHLD} = 'IGNORE';
		while (my $client = $listener->accept) {
			next if fork;
			$SIG{CHLD} = 'DEFAULT';
			POSIX::dup2(fileno $client, $_) for 0 .. 2;
			$arg{prepare}->() if $arg{prepare};
			become_inftpd();
			no warnings 'exec';
			exec @{ $arg{wrap} || [] }, program(),
			    @{ $arg{options} || [] };
			POSIX::_exit(127);
		}
		POSIX::_exit(1);
	});
}

# A connection on which nothing has been said.
sub connected {
	my ($address, $port) = @_;
	my $socket;

	Inftpd::Test::wait_until(sub { $socket = IO::Socket::IP->new(
	    PeerHost => $address // '127.0.0.1', PeerPort => $port // 21,
	    Type => Socket::SOCK_STREAM) }, 5) or die "connect: $@\n";
	return Inftpd::System::Client->new(undef, $socket, undef, '/dev/null');
}

# A connection that has had its 220.
sub dial {
	my $client = connected(@_);
	my ($code, $text) = $client->reply;
	die "greeted with $code $text\n", join "\n", log_lines()
	    if $code ne 220;
	return $client;
}

# --- real clients -------------------------------------------------------------

my $round = 0;

sub same_file {
	my ($name, @paths) = @_;
	my @sums = map { -e $_ ? (split ' ', output('sha256sum', $_))[0] : 'none' }
	    @paths;

	Test::More::is($sums[1], $sums[0], $name);
}

# One client's file there and back; commands gets local, remote and copy.
sub there_and_back {
	my ($name, $home, $dir, $commands) = @_;
	my $file = 'f' . ++$round;

	for my $command ($commands->("/tmp/$file", "$dir$file", "/tmp/$file.copy")) {
		output('head -c 300000 /dev/urandom >/tmp/' . $file . '; echo')
		    if !-e "/tmp/$file";
		Test::More::is(system("timeout 20 $command >/tmp/err 2>&1"), 0,
		    "$name: $command") or Test::More::diag(read_file('/tmp/err'));
	}
	same_file("$name: what arrived", "/tmp/$file", "$home/$file");
	same_file("$name: what came back", "/tmp/$file", "/tmp/$file.copy");
	unlink "/tmp/$file", "/tmp/$file.copy", "$home/$file";
}

sub check_curl {
	my ($user, $home, $dir, $host, $active) = @_;
	my $curl = "curl -sS -u $user:secret" . ($active ? ' -P -' : '');

	there_and_back('curl', $home, $dir, sub {
		my ($local, $remote, $copy) = @_;

		return ("$curl -T $local 'ftp://$host/$remote'",
		    "$curl 'ftp://$host/$remote' -o $copy");
	});
}

sub check_lftp {
	my ($user, $home, $dir, $host, $active) = @_;
	my $passive = $active ? 'no' : 'yes';

	there_and_back('lftp', $home, $dir, sub {
		my ($local, $remote, $copy) = @_;

		return "lftp -e 'set net:max-retries 1; set cmd:fail-exit yes; " .
		    "set ftp:ssl-allow no; set ftp:passive-mode $passive; " .
		    "put $local -o $remote; get $remote -o $copy; quit' " .
		    "-u $user,secret 'ftp://$host'";
	});
}

# curl and lftp, for each kind of account, by IPv4 and IPv6, passive and
# active: files go there and back unharmed. home is what three_kinds() gave.
sub check_clients {
	my (%home) = @_;

	for my $user (sort keys %home) {
		my $dir = $user eq 'anonymous' ? 'pub/' : '';

		for my $host ('192.0.2.1', '[fd00::1]') {
			for my $active (0, 1) {
				my @how = ($user, $home{$user}, $dir, $host, $active);

				check_curl(@how);
				check_lftp(@how);
			}
		}
	}
}

# Process ids of all sessions' network sides.
sub sessions {
	my $program = program();

	return grep { (readlink("/proc/$_/exe") // '') eq $program }
	    map { m{/(\d+)$} } glob '/proc/[0-9]*';
}

# The helper of the one session that there is.
sub file_agent {
	my $program = helper_path();
	my @found;

	Inftpd::Test::wait_until(sub {
		@found = grep { (readlink("/proc/$_/exe") // '') eq $program }
		    map { m{/(\d+)$} } glob '/proc/[0-9]*';
	}, 5);
	die "helpers: @found\n" if @found != 1;
	return $found[0];
}

# Has it installed a filter of its own? Containers bring one, too.
sub is_filtered {
	my %is = status_of($_[0]);
	my %mine = status_of($$);

	return $is{Seccomp} == 2 && $is{Seccomp_filters} > $mine{Seccomp_filters};
}

# /proc/PID/status as a hash; fields separated by one blank.
sub status_of {
	my ($pid) = @_;

	my $text = read_file("/proc/$pid/status");
	$text =~ s/[ \t]+/ /g;
	return map { /^(\w+): ?(.*?) ?$/ ? ($1, $2) : () } split /\n/, $text;
}

package Inftpd::System::Client;

# A session that somebody else started.
our @ISA = ('Inftpd::Test::Client');

sub check { $_[0]->hang_up }

sub login {
	my ($self, $user, $password) = @_;

	$self->cmd("USER $user");
	my ($code, $text) = $self->cmd('PASS ' . ($password // 'secret'));
	die "login of $user: $code $text\n" if $code ne 230;
}

1;
