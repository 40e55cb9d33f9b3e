#!/usr/bin/perl
# Transcript tier, no root: SIZE (RFC 3659 section 4), also under TYPE A.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file('empty');
$server->file('lines', "one\ntwo\r\nthree");
$server->dir('dir');
my $c = $server->login('alice');
$c->expect('SIZE', 501);
$c->expect('SIZE empty', 213, '0');
$c->expect('SIZE lines', 213, '14');
$c->expect('SIZE dir', 550);
$c->expect('SIZE missing', 550, 'No such file or directory.');
$c->expect('SIZE lines/x', 550, 'Not a directory.');
$c->expect('TYPE A', 200);
$c->expect('SIZE lines', 213, '14', 'TYPE A without ascii_download_enable');

# The size that fits in no 32 bits.
my $path = $server->file('large');
truncate $path, 4294967296 + 5 or die "truncate: $!";
$c->expect('TYPE I', 200);
$c->expect('SIZE large', 213, '4294967301', 'a file of more than 4 GiB');

# A FIFO has none, and nobody waits for its writer.
POSIX::mkfifo($server->data('fifo'), 0644);
$c->expect('SIZE fifo', 550);
symlink 'lines', $server->data('link');
$c->expect('SIZE link', 213, '14', 'a link has the size of its target');
$c->quit;

# With it SIZE is what RETR will send: a CR before each LF.
$server = Inftpd::Test->new(conf => { ascii_download_enable => 'YES' });
$server->file('lines', "one\ntwo\r\nthree");
truncate $server->file('large'), 1 << 32 or die "truncate: $!";
$c = $server->login('alice');
$c->expect('TYPE I', 200);
$c->expect('SIZE lines', 213, '14', 'TYPE I');
$c->expect('TYPE A', 200);
$c->expect('SIZE lines', 213, '16', 'TYPE A: as many bytes as RETR sends');
is(length(($c->retr('lines'))[0]), 16, 'and RETR sends as many');
$c->expect('SIZE large', 550, undef, 'a large file is not counted');
$c->quit;
done_testing;
