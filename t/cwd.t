#!/usr/bin/perl
# Transcript tier, no root: CWD and its messages (dirmessage_enable).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new(conf => { dirmessage_enable => 'YES' });

$server->file('sub/deep/file', 'x');
$server->file('msg/.message', "Hello,\r\nfrom\tmsg\e[2J\n\nlast");
$server->dir('closed');
my $c = $server->login('alice');
$c->expect('CWD', 501);
$c->expect('CWD sub', 250, 'Directory successfully changed.');
$c->expect('PWD', 257, '"/sub" is the current directory.');
$c->expect('CWD deep', 250);
$c->expect('PWD', 257, qr{^"/sub/deep" });
$c->expect('CWD ..', 250);
$c->expect('PWD', 257, qr{^"/sub" });
$c->expect('CWD /', 250);
$c->expect('CWD ../../..', 250, undef, 'above the root is the root');
$c->expect('PWD', 257, qr{^"/" });
$c->expect('CWD sub//./deep/', 250);
$c->expect('PWD', 257, qr{^"/sub/deep" });
$c->expect('CWD missing', 550, 'No such file or directory.');
$c->expect('CWD file', 550, 'Not a directory.');
$c->expect('PWD', 257, qr{^"/sub/deep" }, 'a failed CWD changes nothing');
$c->expect('CWD missing/..', 250, undef, 'names are resolved as text');

chmod 0, $server->data('closed');
$c->expect('CWD /closed', 550, 'Permission denied.');
chmod 0755, $server->data('closed');

# "a" x 255 is the longest name, 256 is none, 4095 the longest path.
my $long = 'a' x 255;
$server->dir($long);
$c->expect("CWD /$long", 250, undef, 'a name of 255 bytes');
$c->expect('CWD ' . 'a' x 256, 553, undef, 'a name of 256 bytes');
$c->expect('CWD /' . 'b/' x 2040 . 'x', 550, undef, 'a path of 4082 bytes');
$c->expect('CWD /x', 550);

my @lines = $c->expect('CWD /msg', 250);
is_deeply(\@lines, ['250-Hello,', "250-from\tmsg?[2J", '250-', '250-last',
    '250 Directory successfully changed.'],
    'the message of a directory, as lines of the reply');
$c->expect('CWD /sub', 250);

# A directory that is removed under the client.
$server->dir('gone');
$c->expect('CWD /gone', 250);
rmdir $server->data('gone');
$c->expect('PWD', 257, qr{^"/gone" });
$c->expect('CWD .', 550, undef, 'the current directory is gone');
$c->expect('CDUP', 250);
$c->quit;

# At login, too.
$server->file('.message', "Welcome to the root\n");
$c = $server->connect;
$c->expect('USER alice', 331);
@lines = $c->expect('PASS secret', 230);
is($lines[0], '230-Welcome to the root', 'the message of the first directory');
$c->quit;

# The kernel gives up on a link with ".." while others rename files.
$server = Inftpd::Test->new;
$server->dir($_) for 'sub', 'other/deep';
symlink '../../sub/../sub/../sub', $server->data('other/deep/link');
$c = $server->login('alice');
my $renamer = fork // die "fork: $!";
if (!$renamer) {
	my $name = $server->data('moved');

	open my $out, '>', $name;
	for (my $until = time + 30; time < $until;) {
		rename $name, "$name.too" and rename "$name.too", $name for 1 .. 1000;
	}
	POSIX::_exit(0);
}
my %got;
$got{($c->cmd('CWD /other/deep/link'))[0]}++ for 1 .. 3000;
kill 'KILL', $renamer;
waitpid $renamer, 0;
is_deeply(\%got, { 250 => 3000 }, 'a link with .. while files are renamed');
$c->quit;

# tilde_user_enable
$server = Inftpd::Test->new(conf => { tilde_user_enable => 'YES' });
$server->dir('sub');
$c = $server->login('alice');
$c->expect('CWD sub', 250);
$c->expect('CWD ~', 250);
$c->expect('PWD', 257, qr{^"/" }, '~ is the start directory');
$c->expect('CWD ~/sub', 250);
$c->expect('CWD ~bob', 550);
$c->quit;
done_testing;
