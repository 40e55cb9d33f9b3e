#!/usr/bin/perl
# Transcript tier, no root: MKD.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file('file', 'x');
my $c = $server->login('alice');
$c->expect('MKD', 501);
$c->expect('MKD new', 257, '"/new" created.');
ok(-d $server->data('new'), 'it is there');
is((stat _)[2] & 07777, 0755, 'with local_umask=022');
$c->expect('MKD new', 550, 'File exists.');
$c->expect('MKD file', 550, 'File exists.');
$c->expect('MKD new/sub/', 257, '"/new/sub" created.');
$c->expect('MKD missing/sub', 550, 'No such file or directory.');
$c->expect('MKD file/sub', 550, 'Not a directory.');
$c->expect('MKD /', 550, 'File exists.');
$c->expect('MKD .', 550, 'File exists.');
$c->expect('MKD ..', 550);
$c->expect('MKD a "b"', 257, '"/a ""b""" created.');
$c->expect('MKD ../../outside', 257, '"/outside" created.');
ok(-d $server->data('outside'), 'above the root is the root');
$c->expect('MKD ' . 'n' x 255, 257);
$c->expect('MKD ' . 'n' x 256, 553);
symlink 'nowhere', $server->data('dangling');
$c->expect('MKD dangling', 550, 'File exists.');
ok(!-e $server->data('nowhere'), 'a link is not followed');
mkdir $server->data('closed'), 0555;
$c->expect('MKD closed/sub', 550, 'Permission denied.');
$c->quit;

$c = $server->login('anonymous');
$c->expect('MKD anon', 550, 'Permission denied.');
$c->quit;
done_testing;
