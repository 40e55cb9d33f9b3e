#!/usr/bin/perl
# Transcript tier, no root: MFMT, which sets a modification time.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file('file', 'x');
$server->file('two words', 'x');
my $c = $server->login('alice');
$c->expect('MFMT', 501);
$c->expect('MFMT 20101112131415', 501);
$c->expect('MFMT file', 501);
$c->expect('MFMT 20101112131415 ', 501);
$c->expect('MFMT 20101112131475 file', 501);
$c->expect('MFMT 20101112131415 file', 213, 'Modify=20101112131415; file');
is((stat $server->data('file'))[9], 1289567655, 'the time is set, in UTC');
$c->expect('MFMT 20101112131415 two words', 213,
    'Modify=20101112131415; two words');
$c->expect('MFMT 20101112131415 missing', 550, 'No such file or directory.');
$c->expect('MFMT 19690101000000 file', 213, undef, 'before 1970');
is((stat $server->data('file'))[9], -31536000, 'is a time, too');
$c->expect('MDTM file', 213, '19690101000000');
$c->quit;

$c = $server->login('anonymous');
$c->expect('MFMT 20101112131415 file', 550, 'Permission denied.');
$c->quit;
done_testing;
