#!/usr/bin/perl
# Transcript tier, no root: ALLO, which is superfluous and says so.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->connect;

$c->expect('ALLO 5', 530);
$c->login('alice');
$c->expect('ALLO', 501);
$c->expect('ALLO 0', 202);
$c->expect('ALLO 123456789012345678901234567890', 202);
$c->expect('ALLO 100 R 20', 202);
$c->expect('ALLO 100 r 20', 202);
$c->expect("ALLO $_", 501) for 'x', '-1', '1x', '100 R', '100 R x', '100 20', 'R 20';
$c->quit;
done_testing;
