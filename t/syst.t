#!/usr/bin/perl
# Transcript tier, no root: SYST. Clients look for "UNIX" and "L8".

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->connect;

$c->expect('SYST', 215, 'UNIX Type: L8', 'before login');
$c->expect('SYST x', 501);
$c->login('alice');
$c->expect('SYST', 215, 'UNIX Type: L8');
$c->quit;
done_testing;
