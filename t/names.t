#!/usr/bin/perl
# Transcript tier, no root: names of all kinds, through every command, and
# what of them cannot be shown as it is.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->login('alice');
my @names = ('plain', 'two words', ' leading', 'trailing ', '  ', '-dash',
    '-la', '--', '"quoted"', "it's", 'back\\slash', '$(id)', '`id`', '%s%n%x',
    'a;b', '#x', '~', '~root', '*', '?', '[x]', '{a,b}', '!', 'a:b', 'a|b',
    "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "Latin\xe4\xf6", "\x80\xfe",
    'n' x 255, '.dot', '...', '. ', 'RETR', "tab\there", "esc\e[31m", "\x7f",
    "bell\x07");

sub on_wire { return $_[0] =~ s/\xff/\xff\xff/gr }

for my $name (@names) {
	my $what = $name =~ s/[^ -~]/sprintf '\\x%02x', ord $&/gre;

	$what = substr $what, 0, 30;
	is(($c->stor($name, "of $name"))[0], 226, "STOR $what");
	is($server->content($name), "of $name", 'made under that name');
	is(($c->retr($name))[0], "of $name", "RETR $what");
	$c->expect("SIZE $name", 213, 3 + length $name);
	my @lines = $c->expect("MLST $name", 250);
	like($lines[1], qr/ \/\Q$name\E$/, 'MLST shows it');
	$c->expect("RNFR $name", 350);
	$c->expect('RNTO renamed', 250);
	$c->expect('RNFR renamed', 350);
	$c->expect("RNTO $name", 250);
	my ($list) = $c->list('NLST -a');
	ok((grep { $_ eq $name } @$list), "NLST has $what");
	($list) = $c->list('MLSD');
	ok((grep { / \Q$name\E$/ } @$list), "MLSD has $what");
	($list) = $c->list('LIST -a');
	ok((grep { / \Q$name\E$/ } @$list), "LIST has $what");
	$c->expect("DELE $name", 250);
	$c->expect("MKD $name", 257);
	$c->expect("CWD /$name", 250);
	$c->expect('CWD /', 250);
	$c->expect("RMD $name", 250);
}
is_deeply([$server->names('')], [], 'all gone again');

# LIST takes what begins with a dash for options; "--" ends them.
$server->file('-la', 'x');
my ($list) = $c->list('LIST -- -la');
is(scalar @{ $list || [] }, 1);
like($list->[0], qr/ -la$/, 'LIST -- -la is a file');
($list) = $c->list('NLST ./-la');
is_deeply($list, ['./-la']);
unlink $server->data('-la');

# Names with CR or LF cannot come from a client, but be on the disk.
my $evil = "evil\r\n226 Transfer complete.\r\n";
$server->file($evil, 'x');
$server->file("dir\n/x\ny");
($list) = $c->list('LIST');
is(scalar @$list, 2, 'LIST: a line a name');
is((grep { /[\r\n]/ } @$list), 0, 'and no CR or LF in it');
($list) = $c->list('NLST');
is_deeply($list, ['dir?', 'evil??226 Transfer complete.??'], 'NLST');
($list) = $c->list('MLSD');
is(scalar @$list, 4, 'MLSD: a line a name');
my @lines = $c->expect('STAT /', 212);
is(scalar @lines, 4, 'STAT: a line a name');
is((grep { /^2/ } @lines[1 .. 2]), 0, 'none looks like a reply');
symlink "to\r\nsomewhere", $server->data('link');
($list) = $c->list('LIST link');
like($list->[0], qr/ link -> to\?\?somewhere$/, 'where a link leads to');
unlink $server->data($evil), $server->data('link');

# IAC in names: doubled in replies, single in data (RFC 959 5.3.1).
my $iac = "i\xffc";
$server->file($iac, 'x');
($list) = $c->list('NLST i*');
is_deeply($list, [$iac], 'NLST: a byte as it is');
@lines = $c->expect("MLST i\xff\xffc", 250);
like($lines[1], qr/\/i\xff\xffc$/, 'MLST: doubled');
@lines = $c->expect("STAT i\xff\xffc", 213);
like($lines[1], qr/ i\xff\xffc$/, 'STAT: doubled');
is(($c->retr("i\xff\xffc"))[0], 'x');
unlink $server->data($iac);

# Deep paths: up to 4095 bytes.
my $part = 'd' x 200;
for (1 .. 19) {
	$c->expect("MKD $part", 257, undef, "depth $_");
	$c->expect("CWD $part", 250);
}
my $path = "/$part" x 19;
my $rest = 'r' x (4094 - 1 - length $path);
$c->expect('PWD', 257, qr/^"\Q$path\E"/, 'a path of 3819 bytes');
is(($c->stor('deep', 'x'))[0], 226);
is(($c->retr("$path/deep"))[0], 'x');
$c->expect('CWD ' . 'e' x 255, 550);
is(($c->stor('e' x 255, 'x'))[0], 226, 'a path of 4075 bytes');
my ($code) = $c->cmd('MKD ' . 'f' x 200 . '/' . 'g' x 200);
is($code, 553, 'one of more than 4095 is too long');
($list) = $c->list('NLST');
is_deeply($list, ['deep', 'e' x 255]);
$c->expect('DELE deep', 250);
$c->expect('DELE ' . 'e' x 255, 250);
for (1 .. 19) {
	$c->expect('CDUP', 250);
	$c->expect("RMD $part", 250);
}
$c->quit;
done_testing;
