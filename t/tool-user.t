#!/usr/bin/perl
# Transcript tier, no root: inftpd-user. Every command on drop-ins and on a
# file, what it refuses, import from other servers, the database; and whether
# who was added can log in.

use strict;
use warnings;

use FindBin;
use IPC::Open3;  # while it can be read: below it is nobody
use lib "$FindBin::Bin/lib";

use Fcntl qw(:flock O_RDONLY);
use Inftpd::Test;
use Symbol qw(gensym);
use Test::More;

my $server = Inftpd::Test->new(users => {});
my $conf = "$server->{dir}/conf";
my $root = $server->data;
my $file = "$conf/users";
$server->write_conf('conf.d/local.conf', { local_root => $root });

# Runs the tool with input. Status, what it printed, what it complained of.
sub tool {
	my ($input, @words) = @_;
	my $pid = open3(my $in, my $out, my $err = gensym,
	    Inftpd::Test::tool('inftpd-user'), '--config', $conf, @words);

	print $in $input;
	close $in;
	local $/;
	my ($said, $complaint) = (scalar <$out>, scalar <$err>);
	waitpid $pid, 0;
	return ($? >> 8, $said // '', $complaint // '');
}

sub does {
	my ($input, $words, $name) = @_;
	my ($status, $said, $complaint) = tool($input, @$words);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($status, 0, $name // "@$words") or diag($complaint);
	return $said;
}

sub refuses {
	my ($input, $words, $pattern, $name) = @_;
	my ($status, $said, $complaint) = tool($input, @$words);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($status, 1, $name // "@$words: refused");
	like($complaint, $pattern, 'and it says why');
}

sub drop_in {
	my ($name) = @_;

	open my $in, '<', "$conf/user.d/$name.conf" or return undef;
	local $/;
	return scalar <$in>;
}

sub text {
	open my $in, '<', $_[0] or return undef;
	local $/;
	return scalar <$in>;
}

sub logs_in {
	my ($user, $password, $code) = @_;
	my $c = $server->connect;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$c->expect("USER $user", 331);
	$c->expect("PASS $password", $code // 230, undef,
	    "$user with $password: " . ($code // 230));
	$c->quit;
}

# --- the life of a user ---------------------------------------------------------

does("secret\n", [qw(add ann write_enable=YES), "local_root=$root"]);
like(drop_in('ann'), qr/^password=\$y\$\S+\nwrite_enable=YES\nlocal_root=\Q$root\E\n\z/,
    'a drop-in with a yescrypt hash');
is((stat "$conf/user.d/ann.conf")[2] & 07777, 0600, 'for its owner only');
logs_in('ann', 'secret');
does("other", [qw(password ann)]);
logs_in('ann', 'other');
logs_in('ann', 'secret', 530);
does('', [qw(lock ann)]);
logs_in('ann', 'other', 530);
is(does('', ['list']), "ann\tlocked\t$root\n", 'list');
does('', [qw(lock ann)], 'locked twice');
does('', [qw(unlock ann)]);
logs_in('ann', 'other');

# Comments and strange blanks are the administrator's.
Inftpd::Test::write_file("$conf/user.d/ann.conf",
    "# Ann, until May\n" . drop_in('ann') . "\n  idle_session_timeout = 60\n" .
    '# end');
does('', [qw(set ann idle_session_timeout=90 local_umask=022)]);
like(drop_in('ann'), qr/^# Ann, until May\npassword=.*\n\nidle_session_timeout=90\n# end\nlocal_umask=022\n\z/s,
    'set changes in place, adds at the end and leaves the rest');
does('', [qw(unset ann write_enable local_umask)]);
unlike(drop_in('ann'), qr/write_enable|umask/, 'unset');
my $shown = does('', [qw(show ann)]);
like($shown, qr/^# password is set, of kind \$y\$\n# Ann/, 'show');
unlike($shown, qr/\$y\$j/, 'without the hash');
does('', [qw(remove ann)]);
is(drop_in('ann'), undef, 'remove');
is(does('', ['list']), '', 'and nobody is left');

my $hash = crypt 'secret', '$6$rounds=1000$inftpdtest$';
does("$hash\n", [qw(--hashed --locked add bob)]);
is(drop_in('bob'), "password=!$hash\n", 'a hash, locked');
does('', [qw(unlock bob)]);
logs_in('bob', 'secret');
$server->write_conf('user.d/carl.conf', { write_enable => 'YES' });
$server->write_conf('user.d/dora.conf', { password => $hash,
	write_enable => 'maybe' });
my ($status, $said) = tool('', 'list');
is($status, 1, 'list of drop-ins with an error');
like($said, qr/^bob\tactive\t.*\ncarl\tsettings\t.*\ndora\terror\t.*write_enable: "maybe" won't do/,
    'the error is in it');
unlink map { "$conf/user.d/$_.conf" } qw(carl dora);

# --- what is refused ------------------------------------------------------------

my $before = drop_in('bob');
refuses("x\n", [qw(add bob)], qr/there is such a user/);
refuses('', [qw(add eve)], qr/no password given/);
refuses("\n", [qw(add eve)], qr/no password given/, 'an empty password');
refuses('x' x 512, [qw(add eve)], qr/at most 511/, 'a long password');
refuses("a\0b\n", [qw(add eve)], qr/NUL/, 'a password with a NUL');
refuses("a:b\n", [qw(--hashed add eve)], qr/no hash/);
refuses("x\n", [qw(add eve password=x)], qr/never an argument/);
refuses("x\n", [qw(add eve no_such=1)], qr/unknown directive/);
refuses("x\n", [qw(add eve anonymous_enable=YES)], qr/not in/);
refuses("x\n", [qw(add eve write_enable=maybe)], qr/YES or NO/);
refuses("x\n", ['add', 'eve', "write_enable=YES\npassword=x"],
    qr/line end/, 'a line end in a setting');
refuses("x\n", [qw(add eve local_root)], qr/DIRECTIVE=VALUE/);
refuses("x\n", ['add', $_], qr/no name/, "the name \"$_\"")
    for '', '../eve', '.eve', '#eve', 'e:ve', 'e ve', "e\nve", 'x' x 251;
refuses("x\n", ['password', 'nobody-there'], qr/no such user/);
refuses('', [qw(set nobody-there write_enable=YES)], qr/no such user/);
refuses('', [qw(remove nobody-there)], qr/no such user/);
refuses('', [qw(unset bob password)], qr/use lock or remove/);
refuses('', [qw(set bob write_enable=perhaps)], qr/YES or NO/);
is(drop_in('bob'), $before, 'and nothing was changed');
is(join(' ', glob "$conf/user.d/{*,.inftpd*}"), "$conf/user.d/bob.conf",
    'nor left behind');
symlink '/dev/null', "$conf/user.d/masked.conf";
refuses("x\n", [qw(add masked)], qr/symbolic link/, 'a masked user');
unlink "$conf/user.d/masked.conf";
for my $words ([], ['nonsense'], ['add'], [qw(set bob)], [qw(lock)],
    [qw(lock a b)], [qw(--nonsense list)], [qw(--file a --directory b list)]) {
	is((tool('', @$words))[0], 2, "usage: @$words");
}
like((tool('', 'passwd', 'ann'))[2], qr/^inftpd-user: passwd: no such command$/m,
    'what is wrong with the command is said');
like((tool('', 'set', 'ann'))[2], qr/: usage: inftpd-user set NAME DIRECTIVE/,
    'or with its words');
like((tool('', '--help'))[1], qr/^usage: .*compile/s, '--help');

# Two at a time: the second waits for the lock, and gives up in the end.
sysopen my $dir, "$conf/user.d", O_RDONLY or die "user.d: $!";
flock $dir, LOCK_EX;
refuses('', [qw(lock bob)], qr/somebody else is changing it/);
close $dir;
does('', [qw(lock bob)], 'and then does it');
does('', [qw(remove bob)]);

rmdir "$conf/user.d" or die "user.d: $!";
does("secret\n", [qw(add first)], 'before there is a directory');
is((stat "$conf/user.d")[2] & 07777, 0700, 'which is made, for its owner');
does('', [qw(remove first)]);
refuses('', ['--directory', "$conf/no.d", 'list'], qr/no\.d: No such file/);
symlink $file, "$file.link";
refuses('', ['--file', "$file.link", 'list'], qr/symbolic link/);
unlink "$file.link";

# --- a file -----------------------------------------------------------------------

$server->write_conf('conf.d/users.conf', { virtual_users_file => $file });
my @file = ('--file', $file);
does("secret\n", [@file, qw(add ann)]);
does("secret\n", [@file, 'add', 'bob', "local_root=$root"]);
like(text($file), qr/^ann:\$y\$[^:]*\nbob:\$y\$[^:]*::::\Q$root\E:\n\z/,
    'lines of a new file');
is((stat $file)[2] & 07777, 0600, 'for its owner only');
logs_in($_, 'secret') for qw(ann bob);
Inftpd::Test::write_file($file, "# users\n" . text($file) .
    "pure:$hash:500:101:Pure:$root/./::2048:::::::::::\nlast:$hash");
does('', [@file, 'lock', $_]) for qw(ann pure last);
like(text($file), qr/^# users\nann:!.*\npure:!.*:Pure:.*::2048:.*\nlast:!\$6[^\n]*\n\z/s,
    'lock, each in its line');
does('', [@file, 'set', 'ann', "local_root=$root"]);
like(text($file), qr/^ann:![^:]*::::\Q$root\E:$/m, 'set of a short line');
does('', [@file, 'remove', 'bob']);
is(does('', [@file, 'list']), "ann\tlocked\t$root\n" .
    "pure\tlocked\t$root/./\nlast\tlocked\t$root\n", 'list of a file');
like(does('', [@file, qw(show pure)]),
    qr/^# password is locked, of kind \$6\$\nlocal_root=.*\nlocal_max_rate=2048\n/,
    'show of a line');
refuses('', [@file, qw(set ann write_enable=YES)], qr/drop-in of the user/);
refuses('', [@file, qw(set ann local_root=/a:b)], qr/':' in the value/);
refuses('', [@file, qw(set ann local_root=srv)], qr/home is not absolute/);
refuses("x\n", [@file, qw(add ann)], qr/there is such a user/);
Inftpd::Test::write_file($file, text($file) . "bad:$hash:0:0::/:\nworse\n");
($status, $said) = tool('', @file, 'list');
is($status, 1, 'list of a file with errors');
like($said, qr/^bad\terror\tline 5: uid or gid is 0\n-\terror\tline 6: /m,
    'they are in it, with their lines');

# --- import -------------------------------------------------------------------------

unlink $file;
my $source = "$server->{dir}/source";
Inftpd::Test::write_file($source, "joe\r\njoes\r\nsue\n sue s \n\n\n");
does('', ['import', 'pairs', $source, "local_root=$root"]);
logs_in('joe', 'joes');
logs_in('sue', ' sue s ');
refuses('', ['import', 'pairs', $source], qr/source:1: there is such a user/);
does('', ['--replace', 'import', 'pairs', $source], 'with --replace');
does('', ['remove', $_]) for qw(joe sue);
for my $case (["joe\n", qr/:1: no password/, 'a name without a password'],
    ["joe\n\nsue\nsues\n", qr/:1: no password/, 'an empty password'],
    ["\njoe\njoes\n", qr/:1: no name/, 'an empty line first'],
    ["joe\nx\n../sue\nx\n", qr/:3: no name/, 'a name that is a path'],
    ["joe\nx\njoe\ny\n", qr/joe is there twice/, 'a name twice'],
    ["joe\nx\nsue\n" . 'x' x 512 . "\n", qr/:3: password is too long/,
	'a long password'],
    ["joe\na\0b\n", qr/:1: no password/, 'a NUL']) {
	my ($content, $why, $name) = @$case;

	Inftpd::Test::write_file($source, $content);
	refuses('', ['import', 'pairs', $source], $why, $name);
	is(does('', ['list']), '', 'and nobody is imported');
}
Inftpd::Test::write_file($source, "# lines\nshort:$hash\n" .
    "joe:$hash:500:101::$root/./:1024::::::::::::\n" .
    "sue:$hash:500:101::$root/./:::::10:::1000::::0900-1800\n" .
    "apache:\$apr1\$abcdefgh\$ijklmnopqrstuvwxyz0123/\n");
refuses('', ['import', 'pure-pw', $source], qr/:4: .*not supported/,
    'limits that inftpd does not have');
refuses('', [qw(--drop-limits import pure-pw), $source], qr/:5: .*crypt/,
    'a hash that nothing can compute');
is(does('', ['list']), '', 'and nobody is imported');
($status, undef, my $complaint) =
    tool('', qw(--drop-limits --skip import pure-pw), $source);
is($status, 1, '--skip');
like($complaint, qr/imported 3$/m, 'imports the others');
like($complaint, qr/:4: sue: left out: number of sessions, local addresses, times of day$/m,
    'and names what they have no more');
unlike($complaint, qr/joe: left out/, 'whoever had it');
is(join(' ', does('', ['list']) =~ /^(\w+)\tactive/mg), 'joe short sue',
    'which are there');
like(drop_in('joe'), qr{local_root=.*/\./\n.*local_max_rate_up=1024\n}s,
    'with home and rates');
logs_in('joe', 'secret');
does('', ['remove', $_]) for qw(joe short sue);
refuses('', ['import', 'nonsense', $source], qr/no format/);
refuses('', ['import', 'pairs', "$source.no"], qr/No such file/);
Inftpd::Test::write_file($source, "joe\njoes\nsue\nsues\n");
does('', [@file, 'import', 'pairs', $source]);
logs_in('joe', 'joes');
like(text($file), qr/\Ajoe:\$y\$.*\nsue:\$y\$.*\n\z/, 'import into a file');

# --- the database --------------------------------------------------------------------

my $db = "$conf/users.cdb";
if ((tool('', 'compile', $file, $db))[2] =~ /without cdb/) {
	pass('built without cdb, and says so');
} else {
	$server->write_conf('conf.d/users.conf', { virtual_users_db => $db });
	logs_in('joe', 'joes');
	logs_in('joe', 'sues', 530);
	logs_in('zoe', 'joes', 530);
	my $old = text($db);
	Inftpd::Test::write_file($file, text($file) .
	    "joe:$hash\nbad:x:y\n");
	refuses('', ['compile', $file, $db], qr/users:4: neither.*joe is there twice/s,
	    'a file with errors');
	is(text($db), $old, 'and the database is what it was');
	logs_in('sue', 'sues');
	Inftpd::Test::write_file($file, "new:$hash\n");
	does('', ['compile', $file, $db], 'compiled anew');
	logs_in('new', 'secret');
	logs_in('joe', 'joes', 530);
	Inftpd::Test::write_file($db, substr $old, 0, 3000);
	my $c = $server->connect;
	$c->expect('USER new', 331);
	$c->expect('PASS secret', 530, undef, 'half a database');
	$c->quit;
	like($c->log, qr/users\.cdb: no database, or a damaged one|no such user/,
	    'and the log says why');
	Inftpd::Test::write_file($db, '');
	$c = $server->connect;
	$c->expect('USER new', 331);
	$c->expect('PASS secret', 530, undef, 'an empty one');
	$c->quit;
	like($c->log, qr/users\.cdb: no database, or a damaged one/,
	    'and the log says why');
	unlink $db;
	$server->write_conf('conf.d/users.conf', {});
}

# --- the terminal -----------------------------------------------------------------

# script(1) gives one; what is typed comes when it is asked for.
sub at_terminal {
	my ($first, $second) = @_;
	# "exec": a shell that waits would answer the interrupt itself.
	my $pid = open3(my $in, my $out, undef, 'script', '-qec',
	    'exec ' . Inftpd::Test::tool('inftpd-user') . " --config $conf add typed", '/dev/null');
	my $said = '';

	while (sysread $out, my $piece, 4096) {
		$said .= $piece;
		if ($said =~ /Once more: \z/) {
			syswrite $in, $second;
		} elsif ($said =~ /for typed: \z/) {
			syswrite $in, $first;
		}
	}
	close $in;
	waitpid $pid, 0;
	return ($? >> 8, $said);
}

($status, $said) = at_terminal("typed in\n", "typed in\n");
is($status, 0, 'at a terminal');
unlike($said, qr/typed in/, 'nothing is echoed');
logs_in('typed', 'typed in');
does('', [qw(remove typed)]);
($status, $said) = at_terminal("one\n", "two\n");
is($status, 1, 'two that differ');
like($said, qr/not the same/, 'and it says so');
($status, $said) = at_terminal("one\cC", '');
is($status, 1, 'interrupted');
like($said, qr/interrupted/, 'and it says so');
is(drop_in('typed'), undef, 'nobody is added');
$server->done;
done_testing;
