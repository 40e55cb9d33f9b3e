#!/usr/bin/perl
# Transcript tier, no root: MODE; stream is the only one.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->connect;

$c->expect('MODE S', 530);
$c->login('alice');
$c->expect('MODE', 501);
$c->expect('MODE S', 200);
$c->expect('MODE s', 200);
$c->expect("MODE $_", 504) for 'B', 'C', 'b';
$c->expect("MODE $_", 501) for 'X', 'SS', 'S S', '5';
$c->quit;
done_testing;
