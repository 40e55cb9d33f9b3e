#!/usr/bin/perl
# Transcript tier, no root: auth_socket. What the authenticator hears, each
# verdict, settings, and other ends that are slow, dead, talkative or forged.
# directive: auth_socket, auth_timeout

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

# Read before the test becomes nobody, who may be shut out of the source.
my $example;
BEGIN {
	open my $page, '<', "$FindBin::Bin/../helpers/inftpd-auth.7" or
	    die "inftpd-auth.7: $!";
	local $/;
	($example) = <$page> =~ /^\.Bd[^\n]*\n(#!.*?)^\.Ed/ms;
	$example =~ s/\\e/\\/g;
}

use Inftpd::Test;
use IO::Socket::UNIX;
use POSIX ();
use Socket qw(SOCK_STREAM);
use Test::More;
use Time::HiRes qw(time);

my $server = Inftpd::Test->new;
my $dir = $server->dir('auth');
my $path = "$dir/socket";
my $hash = crypt('secret', '$6$rounds=1000$inftpdtest$');
my $root = $server->data;

sub configure {
	$server->write_conf('conf.d/auth.conf', { auth_socket => $path,
		auth_timeout => 2, virtual_use_local_privs => 'YES', @_ });
}
configure();
$server->file('mark', "mark\n");

# The authenticator: writes each question to a file and does what answer says
# to the connection. Ends with the test.
my $pid;

sub authenticator {
	my ($answer) = @_;

	hush() if $pid;
	unlink $path, "$dir/question";
	my $listener = IO::Socket::UNIX->new(Local => $path, Listen => 5,
	    Type => SOCK_STREAM) or die "$path: $!";
	$pid = fork // die "fork: $!";
	return if $pid;
	alarm 60;
	while (my $client = $listener->accept) {
		my $question = '';

		while (sysread $client, my $piece, 65536) {
			$question .= $piece;
		}
		Inftpd::Test::write_file("$dir/question.new", $question);
		rename "$dir/question.new", "$dir/question";
		ref $answer ? $answer->($client) : syswrite $client, $answer;
		close $client;
	}
	POSIX::_exit(0);
}

sub hush {
	kill 'KILL', $pid;
	waitpid $pid, 0;
	undef $pid;
}
END { my $status = $?; hush() if $pid; $? = $status }

sub question {
	open my $in, '<', "$dir/question" or return '';
	local $/;
	return scalar <$in>;
}

sub log_in {
	my ($user, $password) = @_;
	my $c = $server->connect;

	$c->expect("USER $user", 331);
	$c->cmd('PASS ' . ($password // 'secret'));
	return $c;
}

# Refused with the words that all hear, for a reason that the log has.
sub refused {
	my ($user, $pattern, $name) = @_;
	my $c = $server->connect;

	$c->expect("USER $user", 331);
	$c->expect('PASS secret', 530, 'Login incorrect.', $name);
	$c->quit;
	like($c->log, $pattern, 'and the log says why');
	unlike($c->log, qr/secret|\$6\$/, 'and no secret');
}

# --- what inftpd-explain makes of it ------------------------------------------

sub explained {
	my ($words, $want, $pattern, $name) = @_;
	my $program = Inftpd::Test->program;
	my $said = `$program --explain --config $server->{dir}/conf --user ann --from 192.0.2.7 $words 2>&1`;

	is($? >> 8, $want, $name) or diag($said);
	like($said, $pattern, "$name: and why");
	unlike($said, qr/\$6\$/, 'no hash is shown');
}

authenticator("check\npassword=$hash\nlocal_root=$root\nwrite_enable=YES\n\n");
explained('', 2, qr/only the authenticator .* --ask/, 'nobody is asked unbidden');
is(question(), '', 'as is seen at the other end');
$server->write_conf('user.d/ann.conf', { listen => 'YES' });
explained('', 1, qr/^refused: the user's drop-in has an error$/m, 'a broken one');
is(question(), '', 'is not asked about either');
unlink "$server->{dir}/conf/user.d/ann.conf";
explained('--ask STOR new', 0, qr{^STOR would succeed.* on \Q$root\E/new$}m,
    'one that hands out hashes');
like(question(), qr/^user=ann\npassword=\nclient=192\.0\.2\.7\n/m,
    'is asked with an empty password');
authenticator("no wrong password\n\n");
explained('--ask', 2, qr/compares passwords itself/, 'one that compares');
authenticator("unknown\n\n");
explained('--ask', 1, qr/^refused: no such user/m, 'one that does not know him');
authenticator("check\npassword=!\n\n");
explained('--ask', 1, qr/^refused: wrong password \(authenticator\)$/m,
    'a hash that is none');
hush();
explained('--ask', 1, qr/^refused: no answer from the auth.*^because: auth_socket=/ms,
    'one that is not there');
unlink $path;
explained('', 1, qr/^refused: auth_socket cannot be used$/m, 'no socket');

# --- verdicts ----------------------------------------------------------------

authenticator("ok\nlocal_root=$root\nwrite_enable=YES\n\n");
my $c = log_in('ann', ' a=b  c');
$c->expect('PWD', 257, '"/" is the current directory.', 'ok lets in');
is(($c->retr('mark'))[0], "mark\n", 'into local_root');
$c->expect('MKD made', 257, undef, 'with the settings of the answer');
$c->quit;
is(question(), "inftpd-auth 1\nuser=ann\npassword= a=b  c\n" .
    "client=127.0.0.1\nserver=127.0.0.1\ninstance=\nhost=\n\n",
    'the question, byte for byte');

mkdir "$server->{dir}/conf/host.d" or die "host.d: $!";
mkdir "$server->{dir}/conf/host.d/ftp.example.com" or die "host.d: $!";
$c = $server->connect;
$c->expect('HOST ftp.example.com', 220);
$c->expect('USER ann', 331);
$c->expect('PASS x', 230);
$c->quit;
like(question(), qr/^host=ftp\.example\.com\n\n\z/m, 'the virtual host');

authenticator("ok\nlocal_root=$root\n\n");
$c = log_in('ann');
$c->expect('MKD other', 550, undef, 'other settings, another session');
$c->quit;
$server->write_conf('user.d/ann.conf', { write_enable => 'YES' });
$c = log_in('ann');
$c->expect('MKD other', 257, undef, 'the drop-in goes before the answer');
$c->quit;
unlink "$server->{dir}/conf/user.d/ann.conf";

authenticator("check\npassword=$hash\nlocal_root=$root\n\n");
$c = log_in('ann');
$c->expect('PWD', 257, undef, 'check: the right password');
$c->quit;
$c = $server->connect;
$c->expect('USER ann', 331);
$c->expect('PASS wrong', 530, 'Login incorrect.', 'check: a wrong one');
$c->quit;
like($c->log, qr/wrong password \(authenticator\)/, 'and the log says so');
authenticator("check\npassword=!$hash\nlocal_root=$root\n\n");
refused('ann', qr/wrong password \(authenticator\)/, 'check: a locked one');

authenticator("check\npassword=\$6\$rounds=999999999\$x\$y\n" .
    "local_root=$root\n\n");
$c = $server->connect;
$c->expect('USER ann', 331);
my $costly = time;
$c->expect('PASS secret', 421, undef, 'check: one that takes for ever');
cmp_ok(time - $costly, '<', 40 * $Inftpd::Test::SLOW, 'is given up');
$c->expect_end;
$c->check;

authenticator("no the account has\t\x1b[31mexpired\n\n");
refused('ann', qr/"ann": the account has\\x09\\x1b\[31mexpired/,
    'no: with a reason, made harmless');
authenticator("no\n\n");
refused('ann', qr/refused by the authenticator/, 'no');
authenticator("unknown\n\n");
refused('zoe', qr/no such user/, 'unknown');
authenticator("unknown\npassword=$hash\n\n");
refused('zoe', qr/no such user/, 'unknown, with the cost of a hash');

# --- what an answer cannot do -------------------------------------------------

authenticator("ok\nlocal_root=relative\n\n");
refused('ann', qr/auth_socket:1: local_root: .*absolute/,
    'a setting that is wrong');
authenticator("ok\nno_such_thing=YES\n\n");
refused('ann', qr/no_such_thing: unknown directive/, 'one that is unknown');
authenticator("ok\nanonymous_enable=YES\n\n");
refused('ann', qr/anonymous_enable: not in/, "one that is not a user's");
authenticator("ok\nlocal_root=$root\nlocal_root=/\n\n");
refused('ann', qr/local_root: already set/, 'one said twice');

unlink "$dir/question";
$c = $server->login('alice');
$c->quit;
is(question(), '', 'who has a drop-in is not asked about');
$c = $server->connect;
$c->expect('USER alice', 331);
$c->expect('PASS wrong', 530);
$c->quit;
is(question(), '', 'nor with a wrong password');
$c = $server->login('anonymous');
$c->quit;
is(question(), '', 'nor anonymous users');

# --- no answer ----------------------------------------------------------------

my %strange = (
	'nothing' => ['', qr/no answer: nothing/],
	'half' => ["ok\nlocal_root=$root\n", qr/no answer: no empty line/],
	'two' => ["no\n\nok\n\n", qr/no answer: text behind/],
	'HTTP' => ["HTTP/1.1 200 OK\r\n\r\n", qr/no answer: no empty line/],
	'NUL' => ["ok\0\n\n", qr/no answer: a NUL/],
	'nonsense' => ["\xff" x 100 . "\n\n", qr/no answer: no verdict/],
	'more than fits' => ["ok\n" . "#\n" x 5000 . "\n",
	    qr/no answer: too long/],
);
for my $what (sort keys %strange) {
	authenticator($strange{$what}[0]);
	refused('ann', $strange{$what}[1], "an answer of $what");
}

# Gone in the middle, endless, silent, and slow byte by byte.
authenticator(sub {
	setsockopt $_[0], Socket::SOL_SOCKET(), Socket::SO_LINGER(),
	    pack('ii', 1, 0);
});
refused('ann', qr/no answer/, 'a connection that is reset');
authenticator(sub {
	local $SIG{PIPE} = 'IGNORE';
	while (defined syswrite $_[0], 'x' x 65536) { }
});
my $start = time;
refused('ann', qr/no answer: too long/, 'one without an end');
cmp_ok(time - $start, '<', 2, 'and it is not listened to for long');

sub takes_two_seconds {
	my ($name) = @_;
	my $start = time;

	refused('ann', qr/no answer: Connection timed out/, $name);
	cmp_ok(time - $start, '>=', 1.9, 'auth_timeout is waited for');
	cmp_ok(time - $start, '<', 2 + 4 * $Inftpd::Test::SLOW,
	    'and no longer');
}

authenticator(sub { sleep 30 });
takes_two_seconds('one that says nothing');
authenticator(sub {
	local $SIG{PIPE} = 'IGNORE';
	syswrite $_[0], 'ok';
	while (defined syswrite $_[0], "\n#") { select undef, undef, undef, 0.2 }
});
takes_two_seconds('one that never comes to the point');

# Nobody accepts: the queue takes the first, and has no room for others.
hush();
unlink $path;
my $deaf = IO::Socket::UNIX->new(Local => $path, Listen => 1,
    Type => SOCK_STREAM) or die "$path: $!";
my @waiting;
while (@waiting < 10) {
	my $socket = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path,
	    Blocking => 0) or last;
	push @waiting, $socket;
}
takes_two_seconds('a queue that is full');
close $deaf;
@waiting = ();
refused('ann', qr/no answer: Connection refused/, 'a dead one');

# --- sockets that are not to be trusted ----------------------------------------

authenticator("ok\nlocal_root=$root\n\n");
chmod 0666, $path;
$c = log_in('ann');
$c->expect('PWD', 257, undef, 'who may connect does not matter');
$c->quit;
chmod 0777, $dir;
refused('ann', qr{/auth: is writable by group or others},
    'a directory where others may write');
chmod 0755, $dir;
symlink $dir, "$dir-link";
configure(auth_socket => "$dir-link/socket");
refused('ann', qr{/auth-link: is a symbolic link}, 'a link on the way');
rename $path, "$path.real";
symlink "$path.real", $path;
configure();
refused('ann', qr{/auth/socket: is a symbolic link}, 'a link at the end');
unlink $path;
refused('ann', qr{/auth/socket: No such file}, 'none');
Inftpd::Test::write_file($path, '');
refused('ann', qr{/auth/socket: is no socket}, 'a file');
unlink $path;
my $deep = $server->dir('auth/' . 'd' x 110);
configure(auth_socket => "$deep/socket");
chdir $deep;
my $far = IO::Socket::UNIX->new(Local => 'socket', Listen => 1,
    Type => SOCK_STREAM) or die "socket: $!";
chdir '/';
refused('ann', qr/no answer: File name too long/, 'a path that is too long');
close $far;

# --- time --------------------------------------------------------------------

# Who is asked for elsewhere is not told by the time: the delay is over all.
$server->user('dora');
for my $asked (0, 0.9) {
	my $least = 9;

	configure(delay_failed_login => 1);
	authenticator(sub { Time::HiRes::sleep($asked); syswrite $_[0],
	    "unknown\n\n" });
	for my $user ($asked ? qw(ann ann ann) : 'dora') {
		my $c = $server->connect;

		$c->cmd("USER $user");
		my $start = time;
		$c->expect('PASS wrong', 530);
		$least = time - $start if time - $start < $least;
		$c->quit;
	}
	cmp_ok($least, '>=', 0.99, "a second, where asking takes $asked");
	cmp_ok($least, '<', 1.8 * $Inftpd::Test::SLOW, 'and no more');
}
hush();
unlink $path;

# --- the example of the manual ---------------------------------------------------

my $bin = $server->dir('bin');
Inftpd::Test::write_file("$bin/ldapwhoami", <<'END');
#!/bin/sh
test "$(cat)" = secret && test "$7" = "uid=ann,ou=people,dc=example,dc=com"
END
Inftpd::Test::write_file("$bin/ftp-ldap", $example);
chmod 0755, "$bin/ldapwhoami", "$bin/ftp-ldap";

sub ask_example {
	my ($user, $password) = @_;

	Inftpd::Test::write_file("$bin/in",
	    "inftpd-auth 1\nuser=$user\npassword=$password\n\n");
	return scalar `PATH=$bin:\$PATH $bin/ftp-ldap <$bin/in`;
}
is(ask_example('ann', 'secret'), "ok\nlocal_root=/srv/ann\n\n",
    'the example in inftpd-auth(7): yes');
is(ask_example('ann', 'wrong'), "no\n\n", 'no');
is(ask_example('ann', ''), "no\n\n", 'no, without a password');
is(ask_example('a,b', 'x'), "unknown\n\n", 'and what is no name');
$server->done;
done_testing;
