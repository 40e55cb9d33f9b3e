#!/usr/bin/perl
# Transcript tier, no root: MLST (RFC 3659 section 7), facts over the control
# connection.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $time = 1234567890;

$server->file('file', 'x' x 7);
utime $time, $time, $server->data('file');
chmod 0640, $server->data('file');
$server->dir('dir');
$server->file('two words', '');
symlink 'file', $server->data('link');
symlink 'nowhere', $server->data('dangling');
my $c = $server->connect;
$c->expect('MLST file', 530);
$c->login('alice');

# The facts of a path as a hash; its name last.
sub facts {
	my (@lines) = $c->expect("MLST $_[0]", 250, 'End.');
	my ($facts, $name) = $lines[1] =~ /^ (\S*;)? (.*)$/;
	my %facts = map { split /=/, $_, 2 } split /;/, $facts // '';

	is(scalar @lines, 3, 'three lines');
	return ($name, %facts);
}

my ($name, %facts) = facts('file');
is($name, '/file', 'the full name');
is($facts{type}, 'file');
is($facts{size}, 7);
is($facts{modify}, '20090213233130');
is($facts{'UNIX.mode'}, '0640');
is($facts{'UNIX.uid'}, $>);
like($facts{unique}, qr/^\S+$/);
is($facts{perm}, 'adfrw', 'all that alice may do with a file');
ok(!exists $facts{create}, 'create is not on unasked');
my $unique = $facts{unique};

($name, %facts) = facts('dir');
is($facts{type}, 'dir');
ok(!exists $facts{size}, 'a directory has no size');
is($facts{perm}, 'cdeflmp', 'all that alice may do with a directory');
isnt($facts{unique}, $unique, 'unique differs');

($name, %facts) = facts('');
is($facts{perm}, 'celmp', 'the root can be neither removed nor renamed');
is($name, '/', 'without argument the current directory');
is($facts{type}, 'dir', 'whose type is dir, cdir being MLSD\'s');
$c->expect('CWD dir', 250);
($name, %facts) = facts('');
is($name, '/dir');
($name, %facts) = facts('../two words');
is($name, '/two words');
is($facts{size}, 0);
($name, %facts) = facts('/link');
is($facts{type}, 'file', 'a link is what it leads to');
is($facts{unique}, $unique, 'the very same');
($name, %facts) = facts('/dangling');
like($facts{type}, qr/^OS\.unix=slink/, 'one that leads nowhere is a link');
$c->expect('MLST missing', 550);
$c->expect('MLST /file/x', 550);
$c->expect('MLST /*', 550, undef, 'no patterns');
$c->quit;

$c = $server->login('anonymous');
chmod 0644, $server->data('file');
($name, %facts) = facts('file');
is($facts{perm}, 'r', 'perm tells what anonymous may do');
($name, %facts) = facts('dir');
is($facts{perm}, 'el');
$c->quit;

# What anonymous may not fetch is not said to be readable.
chmod 0640, $server->data('file');
$c = $server->login('anonymous');
($name, %facts) = facts('file');
is($facts{perm}, '', 'anon_world_readable_only');
$c->quit;
done_testing;
