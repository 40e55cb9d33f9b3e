#!/usr/bin/perl
# Transcript tier, no root: TYPE.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->connect;

$c->expect('TYPE I', 530);
$c->login('alice');
ok((grep /TYPE: ASCII/, $c->expect('STAT', 211)), 'ASCII until told otherwise');
$c->expect('TYPE', 501);
$c->expect("TYPE $_", 200, 'Switching to Binary mode.') for 'I', 'i', 'L 8', 'l 8', 'L8';
$c->expect("TYPE $_", 200, 'Switching to ASCII mode.') for 'A', 'a', 'A N', 'a n', 'A T';
$c->expect("TYPE $_", 504) for 'A C', 'E', 'E N', 'E T', 'L 36', 'L 255';
$c->expect("TYPE $_", 501) for 'X', 'II', 'IMAGE', '8', 'ASCII', 'L',
    'L x', 'L 0', 'L 256', 'A X', 'A N N', 'E X', 'I N', 'I 8';
my @status = $c->expect('STAT', 211);
ok((grep /TYPE: ASCII/, @status), 'a refused TYPE changes nothing');
$c->quit;
done_testing;
