#!/usr/bin/perl
# Transcript tier, no root: ACCT, which nobody needs.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->connect;

$c->expect('ACCT', 501);
$c->expect('ACCT x', 202);
$c->expect('USER alice', 331);
$c->expect('ACCT x', 202);
$c->expect('PASS secret', 230, undef, 'ACCT does not stand between');
$c->expect('ACCT x', 202);
$c->quit;
done_testing;
