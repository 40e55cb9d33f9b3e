#!/usr/bin/perl
# Transcript tier, no root: MLSD (RFC 3659 section 7).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file('file', 'x' x 7);
$server->file('.hidden');
$server->file('sub/inner');
symlink 'file', $server->data('link');
symlink 'sub', $server->data('dirlink');
symlink '/etc', $server->data('outside');
my $c = $server->login('alice');

sub entries {
	my ($lines, $code) = $c->list($_[0]);
	my %entries;

	is($code, 226, "$_[0] ends with 226");
	for (@{ $lines || [] }) {
		my ($facts, $name) = /^(\S*;) (.*)$/;
		$entries{$name} = { map { split /=/, $_, 2 } split /;/, $facts };
	}
	return \%entries;
}

my $entries = entries('MLSD');
is_deeply([sort keys %$entries],
    [qw(. .. .hidden dirlink file link outside sub)], 'all names');
is($entries->{'.'}{type}, 'cdir');
is($entries->{'..'}{type}, 'pdir');
is($entries->{file}{type}, 'file');
is($entries->{file}{size}, 7);
is($entries->{file}{perm}, 'adfrw');
is($entries->{sub}{type}, 'dir');
is($entries->{link}{type}, 'file', 'a link is what it leads to');
is($entries->{link}{size}, 7);
is($entries->{dirlink}{type}, 'dir');
like($entries->{outside}{type}, qr/^OS\.unix=slink/,
    'a link out of the root leads nowhere');
like($entries->{file}{modify}, qr/^\d{14}$/);

$entries = entries('MLSD sub');
is_deeply([sort keys %$entries], [qw(. .. inner)], 'names only, no path');
$entries = entries('MLSD /sub/');
ok($entries->{inner}, 'a slash at the end');
$entries = entries('MLSD dirlink');
ok($entries->{inner}, 'through a link');

$c->pasv;
$c->expect('MLSD file', 501, undef, 'MLSD of a file is 501 (section 7.2.1)');
$c->pasv;
$c->expect('MLSD missing', 550);
$c->expect('MLSD', 425, undef, 'without PASV or PORT');
$c->pasv;
$c->expect('MLSD *', 550, undef, 'no patterns');
$c->pasv;
$c->expect('MLSD -la', 550, undef, 'no options');
$c->expect('MLSD -' . '.' x 4000, 553, undef, 'nor what once crashed another');
$c->quit;

# What may be done, seen from a session that may not.
$c = $server->login('anonymous');
chmod 0755, $server->data('sub');
$entries = entries('MLSD');
is($entries->{file}{perm}, 'r');
is($entries->{sub}{perm}, 'el');
$c->quit;

# The order of a large directory is its own; all of it comes.
$server->file("many/$_") for 1 .. 3000;
$c = $server->login('alice');
$entries = entries('MLSD many');
is(scalar keys %$entries, 3002, '3000 files and two dots');
$c->quit;
done_testing;
