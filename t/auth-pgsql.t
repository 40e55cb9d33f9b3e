#!/usr/bin/perl
# Transcript tier, no root: inftpd-auth-pgsql with a PostgreSQL server of the
# test's own, which listens at a socket in its directory alone. The manual's
# example, hostile names, rows that are wrong, and a server that is not there.
# `make check-pgsql'; needs the packages postgresql and libpq-dev.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

# Read before the test becomes nobody, who may be shut out of the source.
my (@example, $program);
BEGIN {
	open my $page, '<', "$FindBin::Bin/../helpers/inftpd-auth-pgsql.8" or
	    die "inftpd-auth-pgsql.8: $!";
	local $/;
	@example = <$page> =~ /^\.Bd[^\n]*\n(.*?)^\.Ed/msg;
}

use Inftpd::Test;
use IO::Socket::UNIX;
use IPC::Open3;
use POSIX ();
use Socket qw(SOCK_STREAM);
use Symbol qw(gensym);
use Test::More;

alarm 300;
my ($bin) = reverse sort glob '/usr/lib/postgresql/*/bin';
die "PostgreSQL is not installed: apt-get install postgresql\n" unless $bin;
$program = Inftpd::Test::tool('inftpd-auth-pgsql');
die "inftpd-auth-pgsql was not built: apt-get install libpq-dev, configure\n"
    unless -x $program;

my $server = Inftpd::Test->new(users => {});
my $dir = $server->dir('pg');
chmod 0700, $dir;
my $root = $server->data;
my $hash = crypt 'secret', '$6$rounds=1000$inftpdtest$';

sub run {
	my ($input, @words) = @_;
	my $pid = open3(my $in, my $out, my $err = gensym, @words);

	local $SIG{PIPE} = 'IGNORE';
	print $in $input;
	close $in;
	local $/;
	my ($said, $complaint) = (scalar <$out> // '', scalar <$err> // '');
	waitpid $pid, 0;
	return ($? >> 8, $said, $complaint);
}

sub must {
	my ($status, $said, $complaint) = run('', @_);

	die "@_: $said$complaint" if $status;
}

# --- a server, stopped in the end ------------------------------------------------

$ENV{LC_ALL} = 'C';
must("$bin/initdb", '-D', "$dir/data", '-A', 'trust', '-U', 'boss', '-E',
    'UTF8', '--no-sync');
my $postgres = fork // die "fork: $!";
if ($postgres == 0) {
	open STDOUT, '>', "$dir/log";
	open STDERR, '>&', \*STDOUT;
	exec "$bin/postgres", '-D', "$dir/data", '-k', $dir, '-F',
	    '-c', 'listen_addresses=' or POSIX::_exit(127);
}
my $listening;
END {
	my $status = $?;

	for my $pid (grep { $_ } $postgres, $listening) {
		kill $pid == $postgres ? 'INT' : 'KILL', $pid;
		waitpid $pid, 0;
	}
	$? = $status;
}
Inftpd::Test::wait_until(sub {
	system("$bin/pg_isready -q -h $dir") == 0 }, 60) or
    die "postgres does not come up\n";

sub sql {
	my ($text) = @_;
	my ($status, undef, $complaint) = run($text, "$bin/psql", '-q', '-h',
	    $dir, '-U', 'boss', '-v', 'ON_ERROR_STOP=1', 'ftp');

	die "sql: $complaint" if $status;
}

must("$bin/createdb", '-h', $dir, '-U', 'boss', 'ftp');
sql($example[0]);
sql("INSERT INTO users VALUES ('ann', '$hash', '$root', true, 1048576);
	INSERT INTO users VALUES ('bob', '$hash', '$root', false, NULL);
	INSERT INTO users VALUES ('eve', '', '$root');
	INSERT INTO users VALUES ('line', '$hash', E'/srv\\nwrite_enable=YES');
	INSERT INTO users VALUES ('relative', '$hash', 'srv');
	INSERT INTO users VALUES ('locked', '!$hash', '$root');
	INSERT INTO users VALUES ('o''hara', '$hash', '$root');
	INSERT INTO users VALUES ('j\x{c3}\x{b6}rg', '$hash', '$root');");

my $config = "$dir/config";
my ($query) = $example[1] =~ /^(query=.*)/m;

sub configure {
	my ($text) = @_;

	Inftpd::Test::write_file($config, $text // "# Users\n" .
	    "connection=host=$dir dbname=ftp user=inftpd-auth\n$query\n");
	chmod 0640, $config;
}

sub question {
	my ($user) = @_;

	return "inftpd-auth 1\nuser=$user\npassword=hidden\nclient=192.0.2.7\n" .
	    "server=192.0.2.1\ninstance=\nhost=\n\n";
}

sub answer {
	my ($user, $want, $name) = @_;
	my ($status, $said, $complaint) = run(question($user), $program,
	    '--config', $config);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($said, $want, $name // $user) or diag($complaint);
	is($status, 0, 'without a complaint');
}

sub none {
	my ($input, $pattern, $name) = @_;
	my ($status, $said, $complaint) = run($input, $program, '--config',
	    $config);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is("$status $said", '1 ', "$name: no answer");
	like($complaint, $pattern, 'and it says why');
	unlike($complaint, qr/hidden/, 'without the password');
}

# --- answers ------------------------------------------------------------------------

configure();
answer('ann', "check\npassword=$hash\nlocal_root=$root\nwrite_enable=YES\n" .
    "virtual_use_local_privs=YES\nlocal_max_rate=1048576\n\n",
    "the manual's example");
answer('bob', "check\npassword=$hash\nlocal_root=$root\nwrite_enable=NO\n" .
    "virtual_use_local_privs=YES\n\n", 'null is left out, false is NO');
answer('zoe', "unknown\n\n");
answer('eve', "no the account has no password\n\n", 'no hash');
answer($_, "unknown\n\n", "the name <$_>")
    for "x'OR'1'='1", "ann'--", "';DROP/**/TABLE/**/users;--", '$1', '%',
    'ann\\', "a\xff\xfeb", "j\xc3";
like((run(question("o'hara"), $program, '--config', $config))[1],
    qr/^check\n/, "o'hara");
like((run(question("j\xc3\xb6rg"), $program, '--config', $config))[1],
    qr/^check\n/, 'a name in UTF-8');
none(question('line'), qr/a line end in column local_root/,
    'a value of two lines');
configure("connection=host=$dir dbname=ftp user=inftpd-auth\n$query\n" .
    "stand_in=$hash\n");
answer($_, "unknown\npassword=$hash\n\n", 'stand_in') for 'zoe', "a\xff";
sql('ALTER TABLE users DROP CONSTRAINT users_pkey;' .
    "INSERT INTO users SELECT * FROM users WHERE name = 'bob';");
answer('bob', "no there are 2 accounts of that name\n\n", 'two of a name');

# --- what cannot be ----------------------------------------------------------------

for my $case (['connection=host=/nowhere dbname=ftp', $query,
	qr/connection: /, 'no server'],
    ["connection=host=$dir dbname=ftp user=nobody-here", $query,
	qr/does not exist/, 'no role'],
    ["connection=host=$dir dbname=ftp user=inftpd-auth",
	'query=SELECT nonsense', qr/query: .*nonsense/, 'no query'],
    ["connection=host=$dir dbname=ftp user=inftpd-auth",
	'query=DELETE FROM users WHERE name = $1', qr/permission denied/,
	'no right to change anything'],
    ["connection=host=$dir dbname=ftp user=inftpd-auth",
	'query=SELECT home FROM users WHERE name = $1', qr/no column called/,
	'no password'],
    ["connection=host=$dir dbname=ftp user=inftpd-auth",
	q(query=SELECT repeat('x', 9000) AS password, $1::text AS local_root),
	qr/too long/, 'an answer that is too long'],
    ['connection=x', 'nonsense=y', qr/config:2: connection=/, 'nonsense'],
    ['connection=x', 'connection=y', qr/config:2: .*twice/, 'one twice'],
    ['connection=x', '', qr/must be there/, 'one missing']) {
	my ($connection, $line, $why, $name) = @$case;

	configure("$connection\n$line\n");
	none(question('ann'), $why, $name);
}
configure();
none($_->[0], qr/no question|too long/, $_->[1])
    for ['', 'nothing'], ["GET / HTTP/1.0\r\n\r\n", 'HTTP'],
    [substr(question('ann'), 0, -1), 'half a question'],
    [question('x' x 3000), 'a question that is too long'];
chmod 0644, $config;
none(question('ann'), qr/readable by others/, 'a file that others may read');
chmod 0660, $config;
none(question('ann'), qr/writable by the group/, 'or the group write');
unlink $config;
none(question('ann'), qr/config: No such file/, 'or none');

# --- and with the server -------------------------------------------------------------

configure();
my $socket = "$dir/auth";
my $listener = IO::Socket::UNIX->new(Local => $socket, Listen => 5,
    Type => SOCK_STREAM) or die "$socket: $!";
$listening = fork // die "fork: $!";
if ($listening == 0) {
	$SIG{CHLD} = 'IGNORE';
	alarm 300;
	while (my $client = $listener->accept) {
		next if fork;
		POSIX::dup2(fileno $client, $_) for 0, 1;
		exec $program, '--config', $config or POSIX::_exit(127);
	}
	POSIX::_exit(0);
}
$server->write_conf('conf.d/pgsql.conf', { auth_socket => $socket });
my $c = $server->login('ann');
$c->expect('MKD made', 257, undef, 'ann may write');
$c->quit;
for my $case (['ann', 'wrong', qr/wrong password/],
    ['zoe', 'secret', qr/no such user/], ['eve', 'secret', qr/no password/],
    ['locked', 'secret', qr/wrong password/],
    ['relative', 'secret', qr/local_root: .*absolute/],
    ['line', 'secret', qr/no answer: nothing/]) {
	my ($user, $password, $why) = @$case;

	$c = $server->connect;
	$c->expect("USER $user", 331);
	$c->expect("PASS $password", 530, 'Login incorrect.', $user);
	$c->quit;
	like($c->log, $why, 'and the log says why');
}
$server->done;
done_testing;
