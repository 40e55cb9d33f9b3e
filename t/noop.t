#!/usr/bin/perl
# Transcript tier, no root: NOOP.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->connect;

$c->expect('NOOP', 200);
$c->expect('noop', 200);
$c->expect('NOOP x', 200, undef, 'an argument does no harm');
$c->login('alice');
$c->expect('NOOP', 200);
$c->quit;
done_testing;
