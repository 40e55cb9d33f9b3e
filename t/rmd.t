#!/usr/bin/perl
# Transcript tier, no root: RMD.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->dir('empty');
$server->file('full/file', 'x');
my $c = $server->login('alice');
$c->expect('RMD', 501);
$c->expect('RMD empty', 250, 'Directory removed.');
ok(!-e $server->data('empty'), 'it is gone');
$c->expect('RMD empty', 550, 'No such file or directory.');
$c->expect('RMD full', 550, 'Directory not empty.');
$c->expect('RMD full/file', 550, 'Not a directory.');
ok(-e $server->data('full/file'), 'a file stays');
$c->expect('RMD /', 550);
$c->expect('RMD ..', 550);
$server->dir('target');
symlink 'target', $server->data('link');
$c->expect('RMD link', 550, 'Not a directory.');
ok(-d $server->data('target'), 'a link is not followed');
$c->expect('RMD target/', 250);
$c->quit;

$server->dir('empty');
$c = $server->login('anonymous');
$c->expect('RMD empty', 550, 'Permission denied.');
$c->quit;
done_testing;
