#!/usr/bin/perl
# Transcript tier, no root: deny_file and hide_file, and the ways out of the
# root that there must not be.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $outside = File::Temp->newdir(TMPDIR => 1);
my $server = Inftpd::Test->new(conf => { deny_file => '{*.key,secret,.ht*}',
    hide_file => '{hidden*,*.bak}', hash_enable => 'YES' });

Inftpd::Test::write_file("$outside/loot", 'loot');
$server->file($_, 'x') for 'a.key', 'secret/file', '.htaccess', 'hidden.txt',
    'a.bak', 'plain', 'sub/b.key', 'sub/plain', 'keys', 'sub/deep/x';
symlink 'a.key', $server->data('to-key');
symlink 'secret', $server->data('to-dir');
symlink 'to-dir', $server->data('to-link');
symlink '/sub/../a.key', $server->data('round');
symlink 'sub', $server->data('sub2');
my $c = $server->login('alice');

# Neither seen nor reached, whatever the way.
my ($list) = $c->list('NLST -a');
is_deeply($list, ['.', '..', 'keys', 'plain', 'round', 'sub', 'sub2',
    'to-dir', 'to-key', 'to-link'], 'NLST: neither denied nor hidden names');
($list) = $c->list('MLSD');
is((grep { / (.*\.key|secret|\.ht.*|hidden.*|.*\.bak)$/ } @$list), 0, 'MLSD');
($list) = $c->list('LIST -a');
is((grep { / (\S+\.key|secret|\.ht\S*|hidden\S*|\S+\.bak)$/ } @$list), 0, 'LIST');
is((grep { /\d (to-key|to-dir|round)$/ } @$list), 3,
    'nor does a link tell of a name that is denied');
ok((grep { / to-link -> to-dir$/ } @$list), 'while others tell where they lead');
($list) = $c->list('NLST a.*');
is_deeply($list, [], 'nor by a pattern');
($list) = $c->list('NLST sub2');
is_deeply($list, ['sub2/deep', 'sub2/plain'], 'nor through a link');
my @lines = $c->expect('STAT /', 212);
is((grep { / (\S+\.key|secret|hidden\S*)$/ } @lines), 0, 'STAT');

for my $path ('a.key', '/a.key', './sub/../a.key', 'sub/b.key', 'sub2/b.key',
    'secret', 'secret/file', 'secret/../secret/file', '.htaccess', 'to-key',
    'to-dir/file', 'to-link/file', 'round', 'new.key', 'secret/new') {
	for my $verb ('RETR', 'STOR', 'APPE') {
		$c->pasv;
		$c->expect("$verb $path", $verb eq 'RETR' ? 550 : 553);
	}
	$c->expect("SIZE $path", 550);
	$c->expect("MDTM $path", 550);
	$c->expect("MFMT 20200101000000 $path", 550);
	$c->expect("SITE CHMOD 777 $path", 550);
	$c->expect("SITE UTIME 20200101000000 $path", 550);
	$c->expect("MFF UNIX.mode=777; $path", 550);
	$c->expect("$_ $path", 550) for 'CWD', 'AVBL',
	    Inftpd::Test::built('digest') ? ('HASH', 'XCRC', 'XMD5') : ();
	next if $path =~ /^(to-key|round)$/; # the links themselves are not denied
	$c->expect("MLST $path", 550);
	$c->expect("RNFR $path", 550);
	$c->expect("DELE $path", 550);
	$c->expect("MKD $path", 550);
	$c->expect("RMD $path", 550);
	$c->pasv;
	$c->expect("LIST $path", 550);
	$c->expect("STAT $path", 550);
}
$c->expect('RNFR plain', 350);
$c->expect('RNTO plain.key', 553, undef, 'RNTO a denied name');
ok(-e $server->data('plain'), 'it stays');
$c->expect('RNFR plain', 350);
$c->expect('RNTO secret/plain', 553);
is($server->content('a.key'), 'x', 'denied files are as they were');
is_deeply([$server->names('secret')], ['file']);

# Hidden is not denied.
is(($c->retr('hidden.txt'))[0], 'x', 'a hidden file can be fetched by name');
is(($c->stor('new.bak', 'y'))[0], 226, 'and made');
$c->quit;

# STOU's names are random, the given one may be denied.
$c = $server->login('alice');
$c->pasv;
my ($code) = $c->cmd('STOU secret/x');
is($code, 553, 'STOU below a denied directory') ||
    ($code == 150 and $c->reply);
$c->{socket} and $c->quit;

# --- out of the root --------------------------------------------------------

$server = Inftpd::Test->new;
my $above = $server->data . '/../above';
Inftpd::Test::write_file($above, 'above');
$server->dir('sub');
$server->file('inside', 'inside');
symlink "$outside", $server->data('abs');
symlink "$outside/loot", $server->data('absfile');
symlink '../' x 20 . substr("$outside", 1), $server->data('rel');
symlink '../above', $server->data('up');
symlink '../../above', $server->data('sub/up');
symlink '/proc/self/root', $server->data('procroot');
symlink '/proc/self/cwd', $server->data('proccwd');
symlink '/', $server->data('root');
symlink '..', $server->data('parent');
$c = $server->login('alice');
my $deep = '../' x 50;
for my $path ('../above', '/../above', "${deep}$outside/loot", "$outside/loot",
    'abs/loot', 'absfile', 'rel/loot', 'up', 'sub/up', 'procroot/etc/passwd',
    'proccwd/x', "sub/../../above", 'root/../above', 'parent/above',
    '/etc/passwd', "${deep}etc/passwd", '/proc/self/environ') {
	$c->pasv;
	$c->expect("RETR $path", 550);
	$c->expect("SIZE $path", 550);
	$c->expect("DELE $outside/loot", 550);
}
for my $path ("$outside", 'abs', 'rel', 'procroot', "${deep}$outside") {
	$c->expect("CWD $path", 550);
	$c->pasv;
	$c->expect("MLSD $path", 550);
	$c->pasv;
	$c->expect("STOR $path/new", 553);
	$c->expect("MKD $path/new", 550);
	$c->expect('RNFR inside', 350);
	$c->expect("RNTO $path/new", 553);
}
is_deeply([do { opendir my $d, "$outside"; sort grep { !/^\./ } readdir $d }],
    ['loot'], 'nothing was made outside');
is(($c->retr('root/inside'))[0], 'inside', 'a link to / is a link to the root');
is(($c->retr('parent/inside'))[0], 'inside', 'and .. ends there');
$c->expect("CWD ${deep}sub", 250);
$c->expect('PWD', 257, qr/^"\/sub"/);
($list) = $c->list('MLSD /');
my ($dot) = grep { / \.$/ } @$list;
my ($dots) = grep { / \.\.$/ } @$list;
is(($dots =~ /unique=([^;]+)/)[0], ($dot =~ /unique=([^;]+)/)[0],
    'nothing is above the root in a listing of it');
$c->quit;

# Names behind links are looked for, and however deep they are it is cheap.
sub cpu_seconds {
	open my $stat, '<', "/proc/$_[0]/stat" or die "stat: $!";
	my @field = split ' ', (<$stat> =~ s/^.*\) //r);
	return ($field[11] + $field[12]) / POSIX::sysconf(POSIX::_SC_CLK_TCK());
}
my $links = Inftpd::Test->new(conf => { deny_file => '*.secret' });
my $steps = 'd/' x 900;
$links->dir($steps);
chdir $links->data or die "chdir: $!";
for (1 .. 900) { chdir 'd' or die "chdir: $!" }
symlink 'to' . ($_ + 1), "to$_" or die "symlink: $!" for 1 .. 40;
Inftpd::Test::write_file($_, 'text') for 'to41', 'x.secret';
symlink 'x.secret', 'hidden' or die "symlink: $!";
symlink '.', 'here' or die "symlink: $!";
chdir '/';
$c = $links->login('alice');
my $before = cpu_seconds($c->helper);
$c->expect("SIZE $steps$_->[0]", $_->[1], undef, "SIZE of $_->[0]")
    for ['to2', 213], ['to1', 213], ['here/here/to2', 550], ['to41', 213],
    ['hidden', 550], ['here/here/here/x.secret', 550],
    ['here/../here/to41', 213], ['none/to41', 550];
cmp_ok(cpu_seconds($c->helper) - $before, '<', 0.7 * $Inftpd::Test::SLOW,
    'at a bearable cost');
$c->quit;

# A directory is moved out of the root under the session's feet.
$server->file('jump/deep/file', 'x');
$c = $server->login('alice');
$c->expect('CWD jump/deep', 250);
rename $server->data('jump/deep'), "$outside/deep" or die "rename: $!";
Inftpd::Test::write_file("$outside/evil", 'evil');
$c->pasv;
$c->expect('RETR ../evil', 550, undef, 'a moved directory is no door');
$c->expect('SIZE file', 550);
$c->quit;

# Links swapped while the session asks: never a byte from outside.
my $swapper = fork // die "fork: $!";
if ($swapper == 0) {
	my ($link, $file) = ($server->data('swap'), $server->data('swap.file'));
	for (1 .. 1000000) {
		Inftpd::Test::write_file($file, 'inside');
		rename $file, $link;
		symlink "$outside/loot", $file;
		rename $file, $link;
		last if getppid == 1;
	}
	POSIX::_exit(0);
}
$c = $server->login('alice');
my %seen;
for (1 .. 200) {
	my ($bytes) = $c->retr('swap');
	$seen{$bytes // 'refused'}++;
}
kill 'KILL', $swapper;
waitpid $swapper, 0;
ok(!$seen{loot}, 'a swapped link leads nowhere outside');
$c->quit;
done_testing;
