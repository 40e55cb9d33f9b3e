#!/usr/bin/perl
# Transcript tier, no root: XCWD XCUP XPWD XMKD XRMD (RFC 775), the older
# names of five verbs.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->connect;

$c->expect($_, 530) for 'XCWD /', 'XCUP', 'XPWD', 'XMKD x', 'XRMD x';
$c->login('alice');
$c->expect('XMKD sub', 257, '"/sub" created.');
$c->expect('XMKD', 501);
$c->expect('XCWD sub', 250);
$c->expect('XCWD', 501);
$c->expect('XPWD', 257, '"/sub" is the current directory.');
$c->expect('XCUP', 250);
$c->expect('XPWD', 257, '"/" is the current directory.');
$c->expect('XRMD sub', 250);
$c->expect('XRMD sub', 550);
$c->expect('XRMD', 501);
$c->quit;
done_testing;
