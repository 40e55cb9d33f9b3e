#!/usr/bin/perl
# Transcript tier, no root: QUIT, before and after login; what is pipelined
# behind it is not done.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->connect;

$c->expect('QUIT', 221, 'Goodbye.');
$c->expect_end;
is($c->exit_status, 0, 'the process ends with status 0');

$c = $server->connect;
$c->expect('QUIT now', 501, undef, 'QUIT takes no argument');
$c->expect('USER alice', 331);
$c->expect('quit', 221);
$c->expect_end;
$c->check;

$c = $server->login('alice');
$c->raw("QUIT\r\nMKD after\r\n");
$c->expect_reply(221);
$c->expect_end;
$c->check;
ok(!-e $server->data('after'), 'what follows QUIT is not done');

# A client that says nothing and leaves.
$c = $server->connect;
$c->hang_up;
is($c->exit_status, 0, 'hanging up ends the process with status 0');
$c->check;
done_testing;
