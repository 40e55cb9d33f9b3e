#!/usr/bin/perl
# Transcript tier, no root: STRU; file is the only one.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->connect;

$c->expect('STRU F', 530);
$c->login('alice');
$c->expect('STRU', 501);
$c->expect('STRU F', 200);
$c->expect('STRU f', 200);
$c->expect("STRU $_", 504) for 'R', 'P', 'r';
$c->expect("STRU $_", 501) for 'X', 'FF', 'F F', '&';
$c->quit;
done_testing;
