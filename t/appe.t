#!/usr/bin/perl
# Transcript tier, no root: APPE.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file('file', 'one');
$server->dir('dir');
my $c = $server->connect;
$c->expect('APPE file', 530);
$c->login('alice');
$c->expect('APPE', 501);
is(($c->send_file('APPE file', 'two'))[0], 226);
is($server->content('file'), 'onetwo', 'appended');
is(($c->send_file('APPE new', 'x'))[0], 226);
is($server->content('new'), 'x', 'a file that was not there');
is(($c->send_file('APPE file', ''))[0], 226);
is($server->content('file'), 'onetwo', 'nothing appended');
$c->expect('REST 1', 350);
is(($c->send_file('APPE file', 'X'))[0], 226);
is($server->content('file'), 'oXetwo', 'behind REST it is STOR');
is(($c->send_file('APPE file', 'Y'))[0], 226);
is($server->content('file'), 'oXetwoY', 'once');
is(($c->send_file('APPE dir', 'x'))[0], 553);
is(($c->send_file('APPE missing/x', 'x'))[0], 553);
$c->expect('APPE file', 425);
$c->quit;

# upload_max_size is about the file, not about this upload.
$server->user('bob', upload_max_size => 10);
$server->file('file', 'x' x 6);
$c = $server->login('bob');
is(($c->send_file('APPE file', 'y' x 4))[0], 226, 'up to upload_max_size');
is(($c->send_file('APPE file', 'y'))[0], 552, 'and not a byte beyond');
is(length $server->content('file'), 10);
$c->quit;
done_testing;
