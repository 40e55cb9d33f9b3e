package Inftpd::Test;

# Inftpd::Test - a server to talk to, for the transcript tests.
#
# Makes a directory of its own with copies of the two programs, a private
# configuration and a data directory, and starts a session per connection as
# a super-server does: the client's socket is descriptor 0 and 1 of
# `inftpd --config DIR`, standard error is the log. Started by root the whole
# test becomes nobody first. No root, no network but loopback, core Perl only.
#
#     my $server = Inftpd::Test->new(conf => { write_enable => 'YES' });
#     $server->file('a.txt', "text\n");
#     my $c = $server->login('alice');
#     $c->expect('SIZE a.txt', 213, '5');
#     is(($c->retr('a.txt'))[0], "text\n");
#     $c->quit;
#     $server->done;
#
# Every wait has a limit, so no test hangs; processes that are left are killed
# by their ids. INFTPD_WRAPPER is put before the program (valgrind, strace).

use strict;
use warnings;

use Cwd ();
use Errno ();
use Fcntl ();
use File::Copy ();
use File::Find ();
use File::Temp ();
use IO::Select ();
use IO::Socket::IP ();
use POSIX ();
use Socket ();
use Test::More ();
use Time::HiRes ();

use Inftpd::Test::Client ();

our $SLOW = $ENV{INFTPD_WRAPPER} ? 10 : 1;
our $LIMIT = 20 * $SLOW;    # seconds for any one wait

my %children;               # process id => wait status, or undef
my $main = $$;

# --- becoming nobody, and the programs -------------------------------------

my $home;

# Copies both programs and their modules where nobody can run them, then
# becomes nobody.
# What configure may leave out: a module (tls, digest, deflate, systemd, wrap) or
# cdb. Looked for now, since nobody may be shut out of the build.
my %built = map { m{([^/]+)\.so$} => 1 }
    glob((my $build = $ENV{abs_top_builddir} || '.') . '/ftpd/*.so');
$built{cdb} = -s "$build/Makefile" && read_file("$build/Makefile") =~ /^CDB_LIBS = \S/m;

sub built { return $built{ $_[0] } }

sub import {
	my $builddir = $ENV{abs_top_builddir} || Cwd::getcwd();

	return if $home;
	$builddir = Cwd::abs_path($builddir);
	$home = File::Temp->newdir('inftpd-test-XXXXXX', TMPDIR => 1);
	my @modules = map { 'ftpd/' . substr $_, 1 + rindex $_, '/' }
	    glob "$builddir/ftpd/*.so";
	for my $program ('ftpd/inftpd', 'helpers/inftpd-helper',
	    'helpers/inftpd-explain', 'helpers/inftpd-user',
	    'conf/inftpd-import', @modules,
	    grep { -x "$builddir/$_" } 'helpers/inftpd-auth-pgsql') {
		my ($folder) = split m{/}, $program;

		-d "$home/$folder" or mkdir "$home/$folder"
		    or die "mkdir: $!";
		File::Copy::copy("$builddir/$program", "$home/$program")
		    or die "$builddir/$program: $! (set abs_top_builddir)\n";
		chmod 0755, "$home/$program";
	}
	load_library();
	become_nobody() if $> == 0;
	$SIG{PIPE} = 'IGNORE';
	$SIG{ALRM} = sub { die "the whole test has taken too long\n" };
	alarm 120 * $SLOW;
	$| = 1;
}

# nobody may be shut out of the way to the source: what a test will ask for is
# read while that is possible. TLS.pm wants a module that may not be there.
sub load_library {
	require Inftpd::Test::Listener;
	require Inftpd::Test::Verbs;
	eval { require Inftpd::TLS };
}

sub become_nobody {
	my (undef, undef, $uid, $gid) = getpwnam 'nobody'
	    or die "no user nobody\n";

	File::Find::find(
	    sub { chown $uid, $gid, $_ or die "chown: $!" }, "$home");
	$) = "$gid $gid";
	POSIX::setgid($gid) or die "setgid: $!";
	POSIX::setuid($uid) or die "setuid: $!";
	die "still root\n" if $> == 0 || $< == 0;
	chdir '/';
}

sub program { return "$home/ftpd/inftpd" }

# One of the administrator's tools.
sub tool {
	my ($name) = @_;

	return "$home/" . ($name eq 'inftpd-import' ? 'conf' : 'helpers') . "/$name";
}

# What the program prints, run with options.
sub output {
	my ($class, @options) = @_;

	open my $pipe, '-|', program(), @options or die "inftpd: $!";
	my @lines = <$pipe>;
	close $pipe;
	chomp @lines;
	return @lines;
}

# --- a server: configuration and data ---------------------------------------

# conf: directives of inftpd.conf over the defaults below; users: name =>
# { directives of the drop-in }. Without it there is alice, who may do all.
sub new {
	my ($class, %arg) = @_;
	my $dir = File::Temp->newdir('XXXXXX', DIR => "$home");
	my $self = bless { dir => $dir, sessions => [], count => 0 }, $class;
	my %conf = (
		anonymous_enable => 'YES',
		anon_root => "$dir/data",
		virtual_enable => 'YES',
		delay_failed_login => 0,
		%{ $arg{conf} || {} },
	);
	my $users = $arg{users} || { alice => {} };

	mkdir "$dir/$_" or die "mkdir: $!" for qw(data conf conf/conf.d conf/user.d);
	chmod 0755, "$dir", "$dir/data";
	$self->write_conf('inftpd.conf', \%conf);
	$self->user($_, %{ $users->{$_} }) for sort keys %$users;
	return $self;
}

sub write_conf {
	my ($self, $name, $conf) = @_;

	write_file("$self->{dir}/conf/$name", join '',
	    map { "$_=$conf->{$_}\n" } sort keys %$conf);
	chmod 0600, "$self->{dir}/conf/$name";
}

# A virtual user with the password "secret" and a local user's rights.
sub user {
	my ($self, $name, %conf) = @_;

	$self->write_conf("user.d/$name.conf", {
		password => crypt('secret', '$6$rounds=1000$inftpdtest$'),
		local_root => $self->data,
		local_umask => '022',
		write_enable => 'YES',
		virtual_use_local_privs => 'YES',
		%conf,
	});
}

sub read_file {
	my ($path) = @_;

	open my $file, '<:raw', $path or die "$path: $!";
	local $/;
	return <$file> // '';
}

sub write_file {
	my ($path, $content) = @_;

	open my $file, '>:raw', $path or die "$path: $!";
	print $file $content;
	close $file or die "$path: $!";
}

# The data directory, or a path in it.
sub data {
	my ($self, $name) = @_;

	return "$self->{dir}/data" . (defined $name ? "/$name" : '');
}

# Makes a file, and the directories that lead to it.
sub file {
	my ($self, $name, $content) = @_;
	my $path = $self->data($name);

	$self->dir($1) if $name =~ m{^(.+)/}s;
	write_file($path, defined $content ? $content : '');
	return $path;
}

sub dir {
	my ($self, $name) = @_;
	my $path = $self->data;

	for my $part (split m{/}, $name) {
		$path .= "/$part";
		mkdir $path or $!{EEXIST} or die "$path: $!";
	}
	return $path;
}

# A file's bytes; undef if there is none.
sub content {
	my ($self, $name) = @_;

	open my $file, '<:raw', $self->data($name) or return undef;
	local $/;
	my $content = <$file>;
	return defined $content ? $content : '';
}

# The names in a directory, sorted.
sub names {
	my ($self, $name) = @_;

	opendir my $dir, $self->data($name) or die "$name: $!";
	return sort grep { !/^\.\.?$/ } readdir $dir;
}

# --- sessions ---------------------------------------------------------------

# address: the server's (127.0.0.1 or ::1); from: the client's own.
sub start {
	my ($self, %arg) = @_;
	my $address = $arg{address} || '127.0.0.1';
	my $listener = IO::Socket::IP->new(LocalHost => $address,
	    LocalPort => 0, Listen => 1, Type => Socket::SOCK_STREAM)
	    or die "listen on $address: $@";
	my $socket = IO::Socket::IP->new(PeerHost => $address,
	    PeerPort => $listener->sockport,
	    ($arg{from} ? (LocalHost => $arg{from}) : ()),
	    Type => Socket::SOCK_STREAM) or die "connect to $address: $@";
	my $accepted = $listener->accept or die "accept: $!";
	my $log = "$self->{dir}/log." . ++$self->{count};
	my $pid = fork;

	die "fork: $!" unless defined $pid;
	serve($accepted, $log, "$self->{dir}/conf") if $pid == 0;
	$children{$pid} = undef;
	close $accepted;
	my $client = Inftpd::Test::Client->new($self, $socket, $pid, $log);
	push @{ $self->{sessions} }, $client;
	return $client;
}

# The child: what a super-server does between accept() and exec.
sub serve {
	my ($socket, $log, $conf) = @_;
	my @wrapper = split ' ', $ENV{INFTPD_WRAPPER} || '';

	open STDERR, '>>', $log or POSIX::_exit(126);
	POSIX::dup2(fileno $socket, 0);
	POSIX::dup2(fileno $socket, 1);
	alarm 0;
	$SIG{PIPE} = 'DEFAULT';
	no warnings 'exec';
	exec { $wrapper[0] || program() } @wrapper, program(), '--config', $conf;
	POSIX::_exit(127);
}

# A connection that has had its 220.
sub connect {
	my ($self, %arg) = @_;
	my $client = $self->start(%arg);
	my ($code) = $client->reply;

	die "greeted with $code\n" . $client->log if $code != 220;
	return $client;
}

# A session of a user: anonymous, or one of the virtual users.
sub login {
	my ($self, $user, %arg) = @_;
	my $client = $self->connect(%arg);

	$client->login($user);
	return $client;
}

# Ends all sessions and looks what they left in their logs.
sub done {
	my ($self) = @_;

	for my $client (@{ $self->{sessions} }) {
		next if $client->{checked};
		$client->hang_up;
		$client->check;
	}
	$self->{sessions} = [];
}

# --- processes --------------------------------------------------------------

sub reap {
	for my $pid (grep { !defined $children{$_} } keys %children) {
		my $done = waitpid $pid, POSIX::WNOHANG();

		$children{$pid} = $? if $done == $pid;
	}
}

# Runs test until it is true. False when the time is over.
sub wait_until {
	my ($test, $limit) = @_;
	my $until = Time::HiRes::time() + ($limit || $LIMIT);
	my $pause = 0.001;

	while (!$test->()) {
		return 0 if Time::HiRes::time() >= $until;
		Time::HiRes::sleep($pause);
		$pause *= 2 if $pause < 0.02;
	}
	return 1;
}

# The wait status of a child that has ended; undef if it has not in time.
sub wait_for {
	my ($pid, $limit) = @_;

	wait_until(sub { reap(); defined $children{$pid} }, $limit);
	return $children{$pid};
}

# Process ids of the children of pid: the helper of a session.
sub children_of {
	my ($pid) = @_;
	my @found;

	opendir my $proc, '/proc' or die "/proc: $!";
	for my $entry (grep { /^\d+$/ } readdir $proc) {
		open my $stat, '<', "/proc/$entry/stat" or next;
		my $line = <$stat>;
		next unless defined $line && $line =~ /\) (\S) (\d+) /;
		push @found, $entry if $2 == $pid && $1 ne 'Z';
	}
	return @found;
}

sub is_alive {
	my ($pid) = @_;

	open my $stat, '<', "/proc/$pid/stat" or return 0;
	my $line = <$stat>;
	return defined $line && $line !~ /\) [ZX] /;
}

# Does the process sleep, all that was sent to it being taken?
sub is_asleep {
	my ($pid) = @_;

	open my $stat, '<', "/proc/$pid/stat" or return 0;
	my $line = <$stat>;
	return defined $line && $line =~ /\) S /;
}

sub has_ipv6 {
	return defined IO::Socket::IP->new(LocalHost => '::1', LocalPort => 0,
	    Listen => 1, Type => Socket::SOCK_STREAM);
}

END {
	if ($$ == $main) {
		my $status = $?;

		alarm 0;
		reap();
		for my $pid (grep { !defined $children{$_} } keys %children) {
			kill 'KILL', children_of($pid), $pid;
			waitpid $pid, 0;
		}
		$? = $status;
	}
}

1;
