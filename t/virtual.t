#!/usr/bin/perl
# Transcript tier, no root: virtual users of virtual_users_file: lines as
# other servers' tools write them, which place goes before which, and files
# that are not to be trusted.
# directive: virtual_users_file

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $hash = crypt('secret', '$6$rounds=1000$inftpdtest$');
my $other = crypt('other', '$6$rounds=1000$inftpdtest$');
my $server = Inftpd::Test->new;
my $dir = $server->dir('accounts');
my $file = "$dir/users";

$server->write_conf('conf.d/users.conf', { virtual_users_file => $file,
	local_root => $server->data, virtual_use_local_privs => 'YES' });
$server->file("home/$_/mark", "$_\n") for qw(pure passwd jail/inner);

sub users {
	Inftpd::Test::write_file($file, join '', map { "$_\n" } @_);
	chmod 0600, $file;
}

# The client of a user that is let in, at his mark where he has one.
sub let_in {
	my ($user, $mark, $password) = @_;
	my $c = $server->connect;

	$c->expect("USER $user", 331);
	$c->expect('PASS ' . ($password // 'secret'), 230, undef, "$user logs in");
	is(($c->retr('mark'))[0], "$mark\n", 'and is where he should be')
	    if $mark;
	$c->quit;
	return $c;
}

# The words are the same for all; the log has the pattern.
sub refused {
	my ($user, $pattern, $name, $password) = @_;
	my $c = $server->connect;

	$c->expect("USER $user", 331);
	$c->expect('PASS ' . ($password // 'secret'), 530, 'Login incorrect.',
	    $name // "$user is refused");
	$c->quit;
	like($c->log, $pattern, 'and the log says why');
	unlike($c->log, qr/secret|\$6\$/, 'and no secret');
}

my $home = $server->data('home');
users('# virtual users', '', "short:$hash",
    "passwd:$hash:1001:1001:Ann:$home/passwd:/bin/sh",
    "pure:$hash:500:101::$home/pure/./:::::::::::::",
    "inner:$hash:500:101::$home/jail/./inner:::::::::::::",
    "locked:!$hash", 'starred:*',
    "root0:$hash:0:0::$home:/bin/sh", "words:$hash:root:1::$home:/bin/sh",
    "quota:$hash:500:101::$home/pure/./::::::1000:10485760::::::",
    "apache:\$apr1\$abcdefgh\$ijklmnopqrstuvwxyz0123/",
    "relative:$hash:1:1::home:/bin/sh", 'empty:',
    "twice:$hash", "twice:$hash", "#hidden:$hash",
    "alice:$other", "lost:$hash:1:1::$home/nowhere:/bin/sh");

let_in('short');
let_in('passwd', 'passwd');
let_in('pure', 'pure');
let_in('inner', 'jail/inner');
refused('short', qr/wrong password/, undef, 'wrong');
refused('locked', qr/password locked/);
refused('starred', qr/password locked/);
refused('root0', qr{/users:9: uid or gid is 0; the account is disabled});
refused('words', qr{/users:10: uid or gid is no number});
refused('quota', qr{/users:11: .*quota.*not supported});
refused('apache', qr{/users:12: .*crypt\(3\) does not know});
refused('relative', qr{/users:13: home is not absolute});
refused('empty', qr{/users:14: empty password});
refused('empty', qr{/users:14: empty password}, 'not without one either', '');
refused('twice', qr{/users:16: second account of that name});
refused('#hidden', qr/bad user name/, 'what is commented out is no name');
refused('nobody-there', qr/no such user/);
refused('short:x', qr/bad user name/, 'a line is no name');

# Where he starts and what he sees.
my $c = $server->login('inner');
$c->expect('PWD', 257, '"/inner" is the current directory.',
    '/./: the start is below the root');
$c->expect('CWD /../..', 250);
is(($c->retr('/inner/mark'))[0], "jail/inner\n", 'and the root is the jail');
$c->quit;
$c = $server->connect;
$c->expect('USER lost', 331);
$c->cmd('PASS secret');
like($c->log, qr/login-failed.*nowhere/, 'a home that is not there');
$c->hang_up;

# Whoever has a drop-in with a password is that user; one without adds to it.
let_in('alice', undef, 'secret');
refused('alice', qr/wrong password/, 'the drop-in goes before the file',
    'other');
$server->write_conf('user.d/passwd.conf', { write_enable => 'YES' });
$c = $server->login('passwd');
$c->expect('MKD new', 257, undef, 'settings of the drop-in');
is(($c->retr('mark'))[0], "passwd\n", 'home of the file');
$c->quit;
$server->write_conf('user.d/passwd.conf',
    { local_root => "$home/pure" });
let_in('passwd', 'pure');
unlink "$server->{dir}/conf/user.d/passwd.conf";

# Rates: 6 KiB at 2 KiB a second, less what is free.
users("slow:$hash:500:101::$home/pure/./:1048576:2048::::::::::");
$server->file('home/pure/large', 'x' x 6144);
$c = $server->login('slow');
my $start = Time::HiRes::time();
$c->retr('large');
cmp_ok(Time::HiRes::time() - $start, '>=', 1,
    "pure-pw's bandwidth is kept");
$c->quit;

# Files that others could have written, and none at all. Nobody gets past.
users("short:$hash");
chmod 0660, $file;
refused('short', qr{/users: is writable by group or others});
refused('nobody-there', qr/virtual_users_file cannot be read/,
    'nor is anybody else let in');
let_in('alice');
chmod 0602, $file;
refused('short', qr{/users: is writable by group or others});
chmod 0600, $file;
chmod 0777, $dir;
refused('short', qr{/accounts: is writable by group or others});
chmod 0755, $dir;
rename $file, "$file.real";
refused('short', qr{/users: No such file});
symlink "$file.real", $file;
refused('short', qr{/users: is a symbolic link});
unlink $file;
mkdir $file;
refused('short', qr{/users: is no regular file});
rmdir $file;
symlink $dir, "$dir-link";
$server->write_conf('conf.d/users.conf',
    { virtual_users_file => "$dir-link/users.real" });
refused('short', qr{/accounts-link: is a symbolic link});

$server->write_conf('conf.d/users.conf', { virtual_users_file =>
	"$file.real", virtual_enable => 'NO' });
refused('short', qr/no such user/, 'virtual_enable=NO');
$server->done;
done_testing;
